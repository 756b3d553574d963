import type { JsonObject } from "../json/json-object.ts";
import type { TypeView } from "./type-view.ts";

/** The versions a kind is served in: each manager's fields are names of the version it wrote in. */
export interface Versions {
  /** Undefined for a version that is no longer served; what was managed in it is then nobody's. */
  viewOf(apiVersion: string): TypeView | undefined;
  /** The object as it is in a version that is served. */
  convert(object: JsonObject, apiVersion: string): JsonObject;
}

/** A kind with one version. */
export function singleVersion(apiVersion: string, view: TypeView): Versions {
  return {
    viewOf: (wanted) => (wanted === apiVersion ? view : undefined),
    convert: (object) => object,
  };
}

import type { Resource } from "@freehold/apis";

import type { JsonObject } from "../json/json-object.ts";
import type { Definition } from "./definition.ts";

/** Brings objects from one version into another. */
export interface Converter {
  /** In the order given. Throws ApiError when it cannot. */
  convert(
    objects: readonly Resource[],
    apiVersion: string,
  ): readonly Resource[] | Promise<readonly Resource[]>;
  /** The same within a calculation, which cannot wait. Throws `ConversionNeeded` when it would have to. */
  convertNow(object: JsonObject, apiVersion: string): JsonObject;
}

/** All versions look the same, or share what they have in common: only the name of the version changes. */
const RENAMING: Converter = {
  convert: (objects, apiVersion) => objects.map((object) => ({ ...object, apiVersion })),
  convertNow: (object, apiVersion) => ({ ...object, apiVersion }),
};

export function converterOf(_definition: Definition): Converter {
  return RENAMING;
}

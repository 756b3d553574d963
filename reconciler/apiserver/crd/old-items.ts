import { at, isObject } from "../json/json-object.ts";
import type { Schema } from "./structural-schema.ts";

/** Finds an item's former self by its keys; in lists without keys nobody can tell which it was. */
export function oldItems(schema: Schema, old: unknown): (item: unknown) => unknown {
  const keys = schema["x-kubernetes-list-map-keys"];
  if (schema["x-kubernetes-list-type"] !== "map" || !keys || !Array.isArray(old)) return () => undefined;
  const idOf = (item: unknown): string =>
    JSON.stringify(keys.map((key) => at(item, key) ?? schema.items?.properties?.[key]?.default ?? null));
  const known = new Map(old.filter(isObject).map((item) => [idOf(item), item]));
  return (item) => known.get(idOf(item));
}

import type { Kind, Resource } from "@freehold/apis";

import { at, isObject } from "../json/json-object.ts";

/** `Secret.stringData` is written into `data` in base64 and never kept. */
export function foldSecret(kind: Kind, resource: Resource): Resource {
  const text = at(resource, "stringData");
  if (kind.id !== "Secret" || !isObject(text)) return resource;
  const encoded = Object.entries(text).map(([name, value]) => [
    name,
    Buffer.from(String(value)).toString("base64"),
  ]);
  const old = at(resource, "data");
  const data = { ...(isObject(old) ? old : {}), ...Object.fromEntries(encoded) };
  const { stringData: _, ...rest } = { ...resource, stringData: undefined, data };
  return rest;
}

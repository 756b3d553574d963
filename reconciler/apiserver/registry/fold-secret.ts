import type { Kind } from "@freehold/apis";

import { at, isObject } from "../json/json-object.ts";

/** `Secret.stringData` is written into `data` in base64 and never kept. */
export function foldSecret<T extends object>(kind: Kind, object: T): T {
  const text = at(object, "stringData");
  if (kind.id !== "Secret" || !isObject(text)) return object;
  const encoded = Object.entries(text).map(([name, value]) => [
    name,
    Buffer.from(String(value)).toString("base64"),
  ]);
  const old = at(object, "data");
  const folded = { ...object, data: { ...(isObject(old) ? old : {}), ...Object.fromEntries(encoded) } };
  Reflect.deleteProperty(folded, "stringData");
  return folded;
}

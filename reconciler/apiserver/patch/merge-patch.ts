import { isObject, type JsonObject } from "../json/json-object.ts";

/** JSON merge patch (RFC 7396): null removes, objects merge, everything else replaces. Changes neither argument. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const members = new Map(Object.entries(isObject(target) ? target : {}));
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) members.delete(name);
    else members.set(name, mergePatch(members.get(name), value));
  }
  const merged: JsonObject = Object.fromEntries(members);
  return merged;
}

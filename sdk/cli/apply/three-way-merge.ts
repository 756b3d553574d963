import { type Fields, isFields } from "../json.ts";

/**
 * The RFC 7396 merge patch that brings `current` to `modified`, and removes what was in `original` (the last applied) and is not in
 * `modified` any more. What others added stays. Undefined when there is nothing to do. As kubectl's jsonmergepatch.
 */
export function threeWayMerge(original: Fields, modified: Fields, current: Fields): Fields | undefined {
  const patch = mergePatches(removals(original, modified), changes(current, modified));
  return Object.keys(patch).length > 0 ? patch : undefined;
}

/** Whether two JSON values are equal; order of members does not count. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => sameValue(item, b[index]));
  }
  if (!isFields(a) || !isFields(b)) return a === b;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && sameValue(a[name], b[name]))
  );
}

/** What is new or different in `to`. */
function changes(from: Fields, to: Fields): Fields {
  const patch: Record<string, unknown> = {};
  for (const [name, wanted] of Object.entries(to)) {
    const found = Object.hasOwn(from, name) ? from[name] : undefined;
    // A null in a manifest asks for the member's absence, and a merge patch says it the same way.
    if (wanted === null && found === undefined) continue;
    if (sameValue(found, wanted)) continue;
    if (isFields(found) && isFields(wanted)) {
      const inner = changes(found, wanted);
      if (Object.keys(inner).length > 0) put(patch, name, inner);
    } else {
      put(patch, name, wanted);
    }
  }
  return patch;
}

/** Nulls for what `to` does not have any more. */
function removals(from: Fields, to: Fields): Fields {
  const patch: Record<string, unknown> = {};
  for (const [name, former] of Object.entries(from)) {
    if (!Object.hasOwn(to, name)) {
      put(patch, name, null);
      continue;
    }
    const wanted = to[name];
    if (!isFields(former) || !isFields(wanted)) continue;
    const inner = removals(former, wanted);
    if (Object.keys(inner).length > 0) put(patch, name, inner);
  }
  return patch;
}

function mergePatches(a: Fields, b: Fields): Fields {
  const merged: Record<string, unknown> = { ...a };
  for (const [name, value] of Object.entries(b)) {
    const before = Object.hasOwn(merged, name) ? merged[name] : undefined;
    put(merged, name, isFields(before) && isFields(value) ? mergePatches(before, value) : value);
  }
  return merged;
}

/** Sets an own member whatever its name; `__proto__` may come from a manifest. */
function put(target: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
}

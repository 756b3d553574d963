import { union } from "./field-set.ts";
import { compareManagers, type Manager, type Managers } from "./managers.ts";
import { sortFields } from "./read-fields.ts";

/** How many managers by Update are told apart. */
const MOST = 10;
/** What the oldest beyond that are put together under, per version. */
const ANCIENT = "ancient-changes";

/** Keeps the number of managers by Update down: the oldest of a version become one. Appliers are never put together. */
export function capManagers(managers: Managers): Managers {
  const updaters = managers.filter(({ operation }) => operation === "Update").sort(compareManagers);
  let count = updaters.length;
  const merged = new Set<Manager>();
  const buckets = new Map(
    updaters.filter(isAncient).map((bucket): [string, Manager] => [bucket.apiVersion, bucket]),
  );
  for (const manager of updaters) {
    if (count <= MOST) break;
    if (isAncient(manager)) continue;
    const bucket = buckets.get(manager.apiVersion);
    if (bucket) count -= 1;
    merged.add(manager);
    buckets.set(manager.apiVersion, bucket ? together(bucket, manager) : manager);
  }
  if (count === updaters.length) return managers;
  return [...managers.filter((manager) => !merged.has(manager) && !isAncient(manager)), ...buckets.values()];
}

function isAncient({ manager, operation, subresource }: Manager): boolean {
  return manager === ANCIENT && operation === "Update" && subresource === "";
}

function together(older: Manager, newer: Manager): Manager {
  return {
    ...newer,
    manager: ANCIENT,
    subresource: "",
    fields: sortFields(union(older.fields, newer.fields)),
  };
}

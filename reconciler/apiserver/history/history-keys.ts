import type { Kind } from "@freehold/apis";

import { keyOf, type ObjectKey, ROOT } from "../registry/keys.ts";

/** `/history/<group or core>/<plural>/[<namespace>/]<name>/<milliseconds>-<suffix>`: beside the objects, and outliving them. */
export const HISTORY_ROOT = "/history/";

export function historyPrefix(kind: Kind, key: ObjectKey): string {
  return `${HISTORY_ROOT}${keyOf(kind, key).slice(ROOT.length)}/`;
}

/** Sorts by time; the suffix keeps two of the same millisecond apart. */
export function historyKey(kind: Kind, key: ObjectKey, now: number, suffix: string): string {
  return `${historyPrefix(kind, key)}${String(now).padStart(15, "0")}-${suffix}`;
}

/** When a record was written, in milliseconds since the epoch, and of which object it is. */
export function readHistoryKey(key: string): { readonly object: string; readonly time: number } {
  const slash = key.lastIndexOf("/");
  return { object: key.slice(0, slash), time: Number(key.slice(slash + 1).split("-", 1)[0]) };
}

import type { Write } from "./backend.ts";

/** Refuses what no store can write, before anything is tried. Throws Error: it is the caller's mistake, not the store's state. */
export function checkWrites(writes: readonly Write[]): void {
  const seen = new Set<string>();
  for (const { key } of writes) {
    if (key === "") throw new Error("Cannot commit: a key is empty");
    // Lone surrogates have no UTF-8, and two different keys would become the same bytes.
    if (!key.isWellFormed()) throw new Error(`Cannot commit: the key ${JSON.stringify(key)} is not Unicode`);
    if (seen.has(key)) throw new Error(`Cannot commit: "${key}" is written twice in one transaction`);
    seen.add(key);
  }
}

/** Refuses a first key outside the prefix, for which stores would answer differently. */
export function checkFrom(prefix: string, from: string | undefined): void {
  if (from === undefined || from.startsWith(prefix)) return;
  throw new Error(`Cannot read from "${from}": it does not begin with the prefix "${prefix}"`);
}

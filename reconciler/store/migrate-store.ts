import type { Backend, Entry } from "./backend.ts";
import { StoreError } from "./errors.ts";

/** Keys in one transaction, and bytes: below etcd's limits of 128 operations and 1.5 MiB. */
const MAX_KEYS = 100;
const MAX_BYTES = 1024 * 1024;

/**
 * Copies every live key, byte for byte, into an empty store, and compares both sides at the end. Revisions begin anew, so clients
 * list again. Nobody may write to either meanwhile. Returns how many keys there were. Throws StoreError `Exists` when the target
 * is not empty, `Conflict` when the sides differ at the end.
 */
export async function migrateStore(source: Backend, target: Backend): Promise<number> {
  const { count: present } = await target.range("", { limit: 1 });
  if (present > 0)
    throw new StoreError("Exists", `Cannot migrate: the target is not empty, it has ${present} keys`);
  const { entries } = await source.range("");
  for (const group of groupsOf(entries)) {
    await target.commit(
      group.map(({ key }) => ({ key, modRevision: 0 })),
      group.map(({ key, value }) => ({ type: "put", key, value })),
    );
  }
  await compare(source, target);
  return entries.length;
}

function groupsOf(entries: readonly Entry[]): readonly (readonly Entry[])[] {
  const groups: Entry[][] = [];
  let bytes = 0;
  for (const entry of entries) {
    const size = entry.key.length + entry.value.length;
    const group = groups.at(-1);
    if (group && group.length < MAX_KEYS && bytes + size <= MAX_BYTES) {
      group.push(entry);
      bytes += size;
    } else {
      groups.push([entry]);
      bytes = size;
    }
  }
  return groups;
}

async function compare(source: Backend, target: Backend): Promise<void> {
  const { entries: before } = await source.range("");
  const { entries: after } = await target.range("");
  const differs = before.findIndex(({ key, value }, i) => {
    const copy = after[i];
    return copy?.key !== key || Buffer.compare(copy.value, value) !== 0;
  });
  if (before.length === after.length && differs === -1) return;
  const place = differs === -1 ? "" : `, first at "${before[differs]?.key}"`;
  throw new StoreError(
    "Conflict",
    `Cannot migrate: the target has ${after.length} keys, the source ${before.length}, and they differ${place}`,
  );
}

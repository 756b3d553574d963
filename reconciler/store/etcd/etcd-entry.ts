import type { IEvent, IKeyValue } from "etcd3";

import type { Change, Entry } from "../backend.ts";

/** An entry as etcd sends it: 64-bit numbers are text there; revisions fit a double. */
export function entryOf(pair: IKeyValue): Entry {
  return {
    key: pair.key.toString(),
    value: pair.value,
    createRevision: Number(pair.create_revision),
    modRevision: Number(pair.mod_revision),
    version: Number(pair.version),
  };
}

/** Undefined when etcd has already forgotten what was there before. */
export function changeOf({ type, kv, prev_kv: before }: IEvent): Change | undefined {
  // etcd3's types say it is always there; without one it is null.
  const previous = (before as IKeyValue | null) ? entryOf(before) : undefined;
  // Its types say "Delete" where etcd says "DELETE".
  if (type.toLowerCase() === "delete") {
    return (
      previous && { type: "delete", key: kv.key.toString(), revision: Number(kv.mod_revision), previous }
    );
  }
  if (!previous && Number(kv.version) > 1) return undefined;
  return { type: "put", entry: entryOf(kv), previous };
}

/** The keys `[key, range_end)` that begin with the prefix; "\0" alone means without end. */
export function rangeOf(prefix: string, from: string = prefix): { key: Buffer; range_end: Buffer } {
  // etcd knows no empty key; "\0" is the first there can be.
  const key = Buffer.from(from === "" ? "\0" : from);
  const end = Buffer.from(prefix);
  const last = end.findLastIndex((byte) => byte < 0xff);
  if (last === -1) return { key, range_end: Buffer.of(0) };
  end[last] = (end[last] ?? 0) + 1;
  return { key, range_end: end.subarray(0, last + 1) };
}

import type { Kind } from "@freehold/apis";
import type { Backend } from "@freehold/store";

import type { ObjectKey } from "../registry/keys.ts";
import { type FieldChange, fieldChanges } from "./field-changes.ts";
import { historyPrefix } from "./history-keys.ts";
import { decodeRecord, type RevisionRecord } from "./revision-record.ts";

/** One kept change as it is served. */
export interface Revision extends Omit<RevisionRecord, "wish"> {
  /** The object's resourceVersion after it. */
  readonly revision: string;
  /** Against the change before; absent when that is not kept any more, and for the first. */
  readonly changes?: readonly FieldChange[];
  readonly object: RevisionRecord["wish"];
}

/** Newest first. An object that is gone has a history as long as it is kept. */
export async function listRevisions(
  backend: Backend,
  kind: Kind,
  key: ObjectKey,
): Promise<{ readonly items: readonly Revision[]; readonly resourceVersion: string }> {
  const { entries, revision } = await backend.range(historyPrefix(kind, key));
  const records = entries
    .map(({ value, modRevision }) => ({ record: decodeRecord(value), modRevision }))
    .toSorted((a, b) => a.modRevision - b.modRevision);
  const items = records.map(({ record: { wish, ...record }, modRevision }, i): Revision => {
    const before = records[i - 1]?.record;
    const isChange = before !== undefined && before.uid === record.uid && record.verb !== "delete";
    return {
      revision: String(modRevision),
      ...record,
      ...(isChange && { changes: fieldChanges(flat(before.wish), flat(wish)) }),
      object: wish,
    };
  });
  return { items: items.toReversed(), resourceVersion: String(revision) };
}

/** As paths name it: `spec.size`, `labels.app`. */
function flat({ members, ...meta }: RevisionRecord["wish"]): object {
  return { ...meta, ...members };
}

import type { Change, Compare, Entry, Revision, Write } from "../backend.ts";
import { checkWrites } from "../check-writes.ts";
import { StoreError } from "../errors.ts";

/** What a transaction would change at a revision; pure. Throws StoreError `Conflict`, and Error when a key is written twice. */
export function prepareChanges(given: {
  readonly compares: readonly Compare[];
  readonly writes: readonly Write[];
  readonly revision: Revision;
  newest(key: string): Entry | undefined;
}): readonly Change[] {
  const { compares, writes, revision, newest } = given;
  checkWrites(writes);
  for (const { key, modRevision } of compares) {
    const found = newest(key)?.modRevision ?? 0;
    if (found !== modRevision) {
      throw new StoreError(
        "Conflict",
        `Cannot commit: "${key}" is at revision ${found}, not ${modRevision}`,
        { revision: found },
      );
    }
  }
  return writes.flatMap((write): Change[] => {
    const previous = newest(write.key);
    if (write.type === "delete") {
      return previous ? [{ type: "delete", key: write.key, revision, previous }] : [];
    }
    const entry: Entry = {
      key: write.key,
      value: write.value,
      createRevision: previous?.createRevision ?? revision,
      modRevision: revision,
      version: (previous?.version ?? 0) + 1,
    };
    return [{ type: "put", entry, previous }];
  });
}

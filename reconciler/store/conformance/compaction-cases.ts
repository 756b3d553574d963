import { expect } from "vitest";

import { type Fixture, lines, put, remove, take, text } from "./fixture.ts";

export function compactionCases({ check }: Pick<Fixture, "check">): void {
  check("compact() keeps the newest value of each live key", async ({ backend, prefix }) => {
    const old = await backend.commit([], [put(`${prefix}steady`, "s"), put(`${prefix}busy`, "1")]);
    const line = await backend.commit([], [put(`${prefix}busy`, "2")]);
    await backend.commit([], [put(`${prefix}busy`, "3")]);
    await backend.compact(line);
    const at = async (revision?: number): Promise<(string | undefined)[]> =>
      (await backend.range(prefix, revision === undefined ? {} : { at: revision })).entries.map(text);
    expect(await at()).toEqual(["3", "s"]);
    expect(await at(line)).toEqual(["2", "s"]);
    expect(await backend.get(`${prefix}steady`)).toMatchObject({ modRevision: old, version: 1 });
    await expect(at(line - 1)).rejects.toMatchObject({ code: "Compacted", revision: line });
  });

  check("compact() leaves versions and the revision as they were", async ({ backend, prefix }) => {
    const created = await backend.commit([], [put(`${prefix}a`, "1")]);
    await backend.commit([], [put(`${prefix}a`, "2")]);
    const deleted = await backend.commit([], [put(`${prefix}b`, "1")]);
    const newest = await backend.commit([], [remove(`${prefix}b`)]);
    expect(newest).toBe(deleted + 1);
    await backend.compact(newest);
    expect(await backend.revision()).toBe(newest);
    expect(await backend.get(`${prefix}a`)).toMatchObject({ createRevision: created, version: 2 });
    const again = await backend.commit([{ key: `${prefix}b`, modRevision: 0 }], [put(`${prefix}b`, "2")]);
    expect(await backend.get(`${prefix}b`)).toMatchObject({ createRevision: again, version: 1 });
  });

  // etcd issue 18089: a tombstone at the very line was lost, and the key came back to life for readers at that revision.
  check("compact() at a deletion does not bring the key back", async ({ backend, prefix }) => {
    const key = `${prefix}a`;
    await backend.commit([], [put(key, "1")]);
    const line = await backend.commit([], [remove(key)]);
    await backend.commit([], [put(`${prefix}other`, "1")]);
    await backend.compact(line);
    expect((await backend.range(key, { at: line })).entries).toEqual([]);
    expect(await backend.get(key)).toBeUndefined();
    await backend.compact(line + 1);
    expect((await backend.range(key, { at: line + 1 })).entries).toEqual([]);
  });

  // etcd issue 19179: a watch that began at the line missed a deletion made there.
  check("watch() from the line misses nothing above it, and refuses anything below", async (given) => {
    const { backend, prefix } = given;
    const first = await backend.commit([], [put(`${prefix}a`, "1")]);
    const deleted = await backend.commit([], [remove(`${prefix}a`)]);
    await backend.commit([], [put(`${prefix}b`, "1")]);
    await backend.compact(first);
    const seen = await take(backend, { prefix, after: first, changes: 2 });
    expect(lines(seen, prefix)).toEqual([`${deleted} delete a (was 1)`, `${deleted + 1} put b=1`]);
    await backend.compact(deleted);
    expect(lines(await take(backend, { prefix, after: deleted, changes: 1 }), prefix)).toEqual([
      `${deleted + 1} put b=1`,
    ]);
    await expect(take(backend, { prefix, after: first, changes: 1 })).rejects.toMatchObject({
      code: "Compacted",
      revision: deleted,
    });
  });

  check("watch() of a compacted revision fails before it tells anything", async ({ backend, prefix }) => {
    const start = await backend.revision();
    for (const value of ["1", "2", "3"]) await backend.commit([], [put(`${prefix}a`, value)]);
    await backend.compact(start + 2);
    const told: unknown[] = [];
    const following = (async () => {
      for await (const batch of backend.watch(prefix, start, new AbortController().signal)) told.push(batch);
    })();
    await expect(following).rejects.toMatchObject({ code: "Compacted", revision: start + 2 });
    expect(told).toEqual([]);
  });

  check("watch() that is running does not notice a compaction", async ({ backend, prefix }) => {
    const start = await backend.revision();
    const running = Promise.withResolvers<void>();
    const watching = take(backend, { prefix, after: start, changes: 3, onFirst: running.resolve });
    await backend.commit([], [put(`${prefix}a`, "1")]);
    // Over a network it takes a moment until the watch is there.
    await running.promise;
    const line = await backend.commit([], [put(`${prefix}a`, "2")]);
    await backend.compact(line - 1);
    await backend.commit([], [remove(`${prefix}a`)]);
    expect(lines(await watching, prefix)).toEqual([
      `${line - 1} put a=1`,
      `${line} put a=2 (was 1)`,
      `${line + 1} delete a (was 2)`,
    ]);
  });

  check("compact() may be asked twice, but not beyond the newest", async ({ backend, prefix }) => {
    const line = await backend.commit([], [put(`${prefix}a`, "1")]);
    await backend.compact(line);
    await backend.compact(line);
    await backend.compact(line - 1);
    await expect(backend.range(prefix, { at: line - 1 })).rejects.toMatchObject({ revision: line });
    await expect(backend.compact(line + 1)).rejects.toMatchObject({ code: "FutureRevision" });
  });
}

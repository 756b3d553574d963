import { expect } from "vitest";

import type { Batch } from "../backend.ts";
import { type Fixture, lines, put, remove, take } from "./fixture.ts";

export function watchCases({ check }: Pick<Fixture, "check">): void {
  check("watch() replays history after the revision, then goes on live", async ({ backend, prefix }) => {
    const one = await backend.commit([], [put(`${prefix}a`, "1")]);
    await backend.commit([], [put(`${prefix}a`, "2")]);
    const watching = take(backend, { prefix, after: one, changes: 3 });
    await backend.commit([], [put(`${prefix}b`, "1")]);
    await backend.commit([], [remove(`${prefix}a`)]);
    expect(lines(await watching, prefix)).toEqual([
      `${one + 1} put a=2 (was 1)`,
      `${one + 2} put b=1`,
      `${one + 3} delete a (was 2)`,
    ]);
  });

  check("watch() tells whole entries, with what was there before", async ({ backend, prefix }) => {
    const key = `${prefix}a`;
    const one = await backend.commit([], [put(key, "1")]);
    const two = await backend.commit([], [put(key, "2")]);
    const three = await backend.commit([], [remove(key)]);
    const four = await backend.commit([], [put(key, "4")]);
    const changes = (await take(backend, { prefix, after: one, changes: 3 })).flatMap(
      (batch) => batch.changes,
    );
    expect(changes).toMatchObject([
      {
        type: "put",
        entry: { key, createRevision: one, modRevision: two, version: 2 },
        previous: { key, createRevision: one, modRevision: one, version: 1 },
      },
      { type: "delete", key, revision: three, previous: { modRevision: two, version: 2 } },
      { type: "put", entry: { createRevision: four, modRevision: four, version: 1 } },
    ]);
    expect(changes[2]?.previous).toBeUndefined();
  });

  check("watch() never splits what one transaction did", async ({ backend, prefix }) => {
    const start = await backend.revision();
    const keys = Array.from({ length: 50 }, (_, i) => `${prefix}${String(i).padStart(3, "0")}`);
    const watching = take(backend, { prefix, after: start, changes: 150 });
    for (const value of ["1", "2", "3"])
      await backend.commit(
        [],
        keys.map((key) => put(key, value)),
      );
    for (const batches of [await watching, await take(backend, { prefix, after: start, changes: 150 })]) {
      expect(batches.map(({ revision, changes }) => [revision, changes.length])).toEqual([
        [start + 1, 50],
        [start + 2, 50],
        [start + 3, 50],
      ]);
    }
  });

  check("watch() tells only what is below its prefix", async ({ backend, prefix }) => {
    const start = await backend.revision();
    const watching = take(backend, { prefix: `${prefix}in/`, after: start, changes: 2 });
    await backend.commit([], [put(`${prefix}in`, "x"), put(`${prefix}in0`, "x"), put(`${prefix}in/a`, "1")]);
    await backend.commit([], [put(`${prefix}out`, "x")]);
    await backend.commit([], [remove(`${prefix}in/a`), remove(`${prefix}in`)]);
    expect(lines(await watching, prefix)).toEqual([
      `${start + 1} put in/a=1`,
      `${start + 3} delete in/a (was 1)`,
    ]);
  });

  check("watch() from a revision still to come tells nothing before it", async ({ backend, prefix }) => {
    const start = await backend.revision();
    const watching = take(backend, { prefix, after: start + 2, changes: 1 });
    for (const value of ["1", "2", "3"]) await backend.commit([], [put(`${prefix}a`, value)]);
    expect(lines(await watching, prefix)).toEqual([`${start + 3} put a=3 (was 2)`]);
  });

  check(
    "watch() ends quietly when its signal aborts: before, while waiting, and while telling",
    async (given) => {
      const { backend, prefix } = given;
      const start = await backend.revision();
      expect(await collect(backend.watch(prefix, start, AbortSignal.abort()))).toEqual([]);
      const waiting = new AbortController();
      const nothing = collect(backend.watch(prefix, start, waiting.signal));
      setImmediate(() => waiting.abort());
      expect(await nothing).toEqual([]);
      for (const value of ["1", "2", "3"]) await backend.commit([], [put(`${prefix}a`, value)]);
      const telling = await take(backend, { prefix, after: start, changes: 1 });
      expect(telling.map(({ revision }) => revision)).toEqual([start + 1]);
    },
  );

  check("watch() may be left early by its consumer", async ({ backend, prefix }) => {
    const start = await backend.revision();
    await backend.commit([], [put(`${prefix}a`, "1")]);
    for await (const batch of backend.watch(prefix, start, new AbortController().signal)) {
      if (batch.changes.length > 0) break;
    }
    await backend.commit([], [put(`${prefix}a`, "2")]);
    expect((await take(backend, { prefix, after: start, changes: 2 })).length).toBe(2);
  });

  check("watch() cuts a consumer off that does not keep up", async ({ backend, prefix, store }) => {
    const start = await backend.revision();
    const watch = backend.watch(prefix, start, new AbortController().signal)[Symbol.asyncIterator]();
    const first = watch.next();
    await backend.commit([], [put(`${prefix}a`, "first")]);
    await first;
    for (let i = 0; i <= store.maxBacklog; i += 1) await backend.commit([], [put(`${prefix}a`, String(i))]);
    const rest = (async () => {
      while (!(await watch.next()).done);
    })();
    await expect(rest).rejects.toMatchObject({ code: "SlowConsumer" });
  });
}

async function collect(watch: AsyncIterable<Batch>): Promise<Batch[]> {
  const batches: Batch[] = [];
  for await (const batch of watch) batches.push(batch);
  return batches;
}

import { expect } from "vitest";

import type { Backend } from "../backend.ts";
import { isStoreError } from "../errors.ts";
import { type Fixture, lines, put, take, text } from "./fixture.ts";

const WRITERS = 16;
const WRITES_EACH = 25;

/** Adds one to a counter, again and again until nobody was faster. */
async function increment(backend: Backend, key: string): Promise<void> {
  for (;;) {
    const entry = await backend.get(key);
    const next = String(Number(text(entry) ?? "0") + 1);
    try {
      await backend.commit([{ key, modRevision: entry?.modRevision ?? 0 }], [put(key, next)]);
      return;
    } catch (error) {
      if (!isStoreError(error, "Conflict")) throw error;
    }
  }
}

async function write(backend: Backend, prefix: string): Promise<void> {
  const writers = Array.from({ length: WRITERS }, async (_, writer) => {
    for (let i = 0; i < WRITES_EACH; i += 1) {
      await backend.commit(
        [],
        [put(`${prefix}${writer}`, String(i)), put(`${prefix}${writer}/twin`, String(i))],
      );
    }
  });
  await Promise.all(writers);
}

export function crowdCases({ check }: Pick<Fixture, "check">): void {
  check("commit() loses no increment of concurrent writers", async ({ backend, prefix }) => {
    const key = `${prefix}counter`;
    const before = await backend.revision();
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        for (let i = 0; i < 10; i += 1) await increment(backend, key);
      }),
    );
    expect(text(await backend.get(key))).toBe("80");
    expect(await backend.revision()).toBe(before + 80);
  });

  check("commit() lets exactly one of many creators win", async ({ backend, prefix }) => {
    const key = `${prefix}a`;
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_, i) => backend.commit([{ key, modRevision: 0 }], [put(key, String(i))])),
    );
    const won = results.findIndex(({ status }) => status === "fulfilled");
    expect(results.filter(({ status }) => status === "fulfilled").length).toBe(1);
    expect(text(await backend.get(key))).toBe(String(won));
  });

  check("watch() misses and doubles nothing wherever it joins concurrent writers", async (given) => {
    const { backend, prefix } = given;
    const start = await backend.revision();
    const changes = WRITERS * WRITES_EACH * 2;
    const writing = write(backend, prefix);
    const joined: Promise<string[]>[] = [];
    for (let i = 0; i < 10; i += 1) {
      joined.push(take(backend, { prefix, after: start, changes }).then((batches) => lines(batches, prefix)));
      await backend.get(`${prefix}0`);
    }
    await writing;
    const expected = lines(await take(backend, { prefix, after: start, changes }), prefix);
    expect(new Set(expected).size).toBe(changes);
    const revisions = expected.map((line) => Number(line.split(" ")[0]));
    expect(revisions).toEqual(Array.from({ length: changes }, (_, i) => start + 1 + Math.floor(i / 2)));
    for (const seen of await Promise.all(joined)) expect(seen).toEqual(expected);
  });

  check("range() then watch() from its revision is complete under concurrent writers", async (given) => {
    const { backend, prefix } = given;
    const writing = write(backend, prefix);
    const { entries, revision } = await backend.range(prefix);
    const state = new Map(entries.map((entry) => [entry.key, text(entry)]));
    const last = backend.commit([], []).then(() => writing);
    await last;
    const end = await backend.commit([], [put(`${prefix}end`, "end")]);
    const stop = new AbortController();
    for await (const batch of backend.watch(prefix, revision, stop.signal)) {
      for (const change of batch.changes)
        if (change.type === "put") state.set(change.entry.key, text(change.entry));
      if (batch.revision === end) stop.abort();
    }
    const now = await backend.range(prefix);
    expect([...state].sort()).toEqual(now.entries.map((entry) => [entry.key, text(entry)]).sort());
  });

  check("watch() serves hundreds of watchers the same", async ({ backend, prefix }) => {
    const start = await backend.revision();
    const watchers = Array.from({ length: 300 }, () => take(backend, { prefix, after: start, changes: 5 }));
    for (let i = 0; i < 5; i += 1) await backend.commit([], [put(`${prefix}a`, String(i))]);
    const [first = [], ...others] = (await Promise.all(watchers)).map((batches) => lines(batches, prefix));
    expect(first.length).toBe(5);
    for (const seen of others) expect(seen).toEqual(first);
  });
}

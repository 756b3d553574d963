import { acquireLease, EtcdBackend, fencedBackend, MemoryBackend, migrateStore } from "@freehold/store";
import { describeBackend } from "@freehold/store/conformance";
import { afterAll, beforeAll, expect, test } from "vitest";

import { EtcdServer } from "./etcd-server.ts";

let server: EtcdServer;
beforeAll(async () => {
  server = await EtcdServer.start();
});
afterAll(() => server[Symbol.asyncDispose]());

describeBackend({
  name: "etcd",
  open: async () => new EtcdBackend([server.url]),
  modelRuns: 10,
  maxBacklog: 1_000,
  exempt: {
    "watch() cuts a consumer off that does not keep up":
      "etcd keeps what a watcher has not read on its own disk; one that stays behind for too long gets Compacted",
  },
});

function put(key: string, value: string) {
  return { type: "put", key, value: Buffer.from(value) } as const;
}

test("EtcdBackend.watch() goes on where it was when etcd is killed and started again", async () => {
  await using backend = new EtcdBackend([server.url]);
  const prefix = "/restart/";
  const start = await backend.revision();
  const stop = new AbortController();
  const told: number[] = [];
  const wanted: number[] = [];
  const halfway = Promise.withResolvers<void>();
  const following = (async () => {
    for await (const { revision, changes } of backend.watch(prefix, start, stop.signal)) {
      if (changes.length > 0) told.push(revision);
      // By count: a watch may tell of a commit before its own answer is here.
      if (told.length === 10) halfway.resolve();
      if (told.length === 30) stop.abort();
    }
  })();
  for (let round = 0; round < 3; round += 1) {
    for (let i = 0; i < 10; i += 1)
      wanted.push(await backend.commit([], [put(`${prefix}a`, `${round}.${i}`)]));
    if (round === 0) await halfway.promise;
    await server.kill();
    await expect(backend.commit([], [put(`${prefix}b`, "lost")])).rejects.toMatchObject({
      code: "Unavailable",
    });
    await expect(backend.revision()).rejects.toMatchObject({ code: "Unavailable" });
    await server.run();
  }
  await following;
  expect(told).toEqual(wanted);
});

test("EtcdBackend.commit() says what etcd does not take, and writes nothing", async () => {
  await using backend = new EtcdBackend([server.url]);
  const before = await backend.revision();
  const large = { type: "put", key: "/large", value: new Uint8Array(2_000_000) } as const;
  await expect(backend.commit([], [large])).rejects.toThrow("too large");
  const many = Array.from({ length: 200 }, (_, i) => put(`/many/${i}`, "x"));
  await expect(backend.commit([], many)).rejects.toThrow("too many operations");
  expect(await backend.revision()).toBe(before);
});

test("migrateStore() fills an empty etcd with more keys than one of its transactions takes, and empties it out again", async () => {
  await using empty = await EtcdServer.start();
  await using etcd = new EtcdBackend([empty.url]);
  await using source = new MemoryBackend();
  await using target = new MemoryBackend();
  for (let i = 0; i < 300; i += 1) await source.commit([], [put(`/registry/${i}`, `value ${i}`)]);
  expect(await migrateStore(source, etcd)).toBe(300);
  await expect(migrateStore(source, etcd)).rejects.toMatchObject({ code: "Exists" });
  expect(await migrateStore(etcd, target)).toBe(300);
});

test("acquireLease() changes hands on etcd, and the fence holds the former leader off", async () => {
  await using backend = new EtcdBackend([server.url]);
  await using other = new EtcdBackend([server.url]);
  const first = await acquireLease(backend, "main", "a", { ttlMs: 60_000 });
  const leader = fencedBackend(backend, first.fence);
  await leader.commit([], [put("/led", "by a")]);
  await first[Symbol.asyncDispose]();
  await using second = await acquireLease(other, "main", "b", { ttlMs: 60_000 });
  await expect(leader.commit([], [put("/led", "late")])).rejects.toMatchObject({ code: "Unavailable" });
  await fencedBackend(other, second.fence).commit([], [put("/led", "by b")]);
  expect(Buffer.from((await backend.get("/led"))?.value ?? []).toString()).toBe("by b");
});

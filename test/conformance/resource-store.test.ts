import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { builtInKinds, type Resource, type ResourceOf } from "@freehold/apis";
import { startApiServer } from "@freehold/apiserver";
import { Client } from "@freehold/client";
import { lampKind, MemoryStore } from "@freehold/engine/testing";
import { MemoryBackend, type ResourceChange, type ResourceStore } from "@freehold/store";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

/** What controllers rely on: the fake they are tested with, the registry in the server's process, and the client of the agent. */

type Lamp = ResourceOf<typeof lampKind>;

const BY = { name: "test" };
const FINALIZER = "freehold.dev/test";

interface Opened {
  readonly store: ResourceStore;
  close(): Promise<void>;
}

const stores: readonly (readonly [string, () => Promise<Opened>])[] = [
  ["MemoryStore", async () => ({ store: new MemoryStore(), close: async () => undefined })],
  ["registryStore()", async () => openServer(({ store }) => store)],
  [
    "Client",
    async () =>
      openServer(({ token, port, ca }) => new Client({ server: `https://127.0.0.1:${port}`, ca, token })),
  ],
];

interface Parts {
  readonly store: ResourceStore;
  readonly token: string;
  readonly port: number;
  readonly ca: string;
}

async function openServer(choose: (parts: Parts) => ResourceStore): Promise<Opened> {
  const dataDir = await mkdtemp(join(tmpdir(), "freehold-store-"));
  const backend = new MemoryBackend();
  const listen = { host: "127.0.0.1", port: 0 };
  const kinds = [...builtInKinds, lampKind];
  const server = await startApiServer({ backend, dataDir, listen, names: [], kinds });
  const token = await server.issueToken("admin", ["system:masters"]);
  const store = choose({ store: server.store, token, port: server.port, ca: server.caCertificate });
  return {
    store,
    close: async () => {
      if (store instanceof Client) store[Symbol.dispose]();
      await server.stop();
      await backend[Symbol.asyncDispose]();
      await rm(dataDir, { recursive: true });
    },
  };
}

function draft(name: string, spec: Partial<Lamp["spec"]> = {}, finalizers?: readonly string[]): Lamp {
  const metadata = { name, namespace: "default", ...(finalizers && { finalizers: [...finalizers] }) };
  return lampKind.draft(metadata, { brightness: 5, ...spec });
}

async function changesOf(
  store: ResourceStore,
  from: string,
  count: number,
): Promise<readonly (readonly [string, string])[]> {
  const stop = new AbortController();
  const seen: (readonly [string, string])[] = [];
  for await (const change of store.watch(lampKind, from, stop.signal)) {
    const named = nameOf(change);
    if (named) seen.push(named);
    if (seen.length >= count) stop.abort();
  }
  return seen;
}

function nameOf(change: ResourceChange<Lamp>): readonly [string, string] | undefined {
  return change.type === "bookmark" ? undefined : [change.type, change.resource.metadata.name];
}

describe.each(stores)("ResourceStore: %s", (_name, open) => {
  let opened: Opened;
  let store: ResourceStore;
  beforeAll(async () => {
    opened = await open();
    ({ store } = opened);
  });
  afterAll(() => opened.close());

  const make = (name: string, spec?: Partial<Lamp["spec"]>, finalizers?: readonly string[]): Promise<Lamp> =>
    store.create(lampKind, draft(name, spec, finalizers), BY);
  const get = (name: string): Promise<Lamp | undefined> => store.get(lampKind, name, "default");
  const remove = (name: string, uid?: string): Promise<void> =>
    store.delete(lampKind, lampKind.ref(name, "default"), BY, uid);

  it("create() gives what get() reads: first generation, a revision, an identity, no status, defaults filled", async () => {
    const { status: _, ...sent } = { ...draft("a"), status: { seen: 9 } };
    const made = await store.create(lampKind, { ...sent, spec: {} as Lamp["spec"] }, BY);
    expect(made).toMatchObject({ spec: { brightness: 1 }, metadata: { name: "a", generation: 1 } });
    expect([made.metadata.uid, Number(made.metadata.resourceVersion)]).toEqual([
      expect.stringMatching(/./),
      expect.any(Number),
    ]);
    const read = await get("a");
    expect([read?.status, read?.spec, read?.metadata.resourceVersion]).toEqual([
      undefined,
      made.spec,
      made.metadata.resourceVersion,
    ]);
  });

  it("create() refuses a name that is taken, and what breaks the schema", async () => {
    await make("taken");
    await expect(make("taken")).rejects.toMatchObject({ code: "Exists" });
    const wrong = { ...draft("wrong"), spec: { brightness: "dim" } } as unknown as Lamp;
    await expect(store.create(lampKind, wrong, BY)).rejects.toMatchObject({ code: "Invalid" });
    expect(await get("wrong")).toBeUndefined();
  });

  it("update() counts generations of the spec alone, and writes nothing for nothing", async () => {
    const made = await make("u");
    const labelled = await store.update(
      lampKind,
      { ...made, metadata: { ...made.metadata, labels: { a: "b" } } },
      BY,
    );
    const brighter = await store.update(lampKind, { ...labelled, spec: { brightness: 6 } }, BY);
    const same = await store.update(lampKind, brighter, BY);
    expect([labelled, brighter, same].map(({ metadata }) => metadata.generation)).toEqual([1, 2, 2]);
    expect(same.metadata.resourceVersion).toBe(brighter.metadata.resourceVersion);
  });

  it("update() refuses a stale view, and what is not there", async () => {
    const made = await make("s");
    await store.update(lampKind, { ...made, spec: { brightness: 6 } }, BY);
    await expect(store.update(lampKind, { ...made, spec: { brightness: 7 } }, BY)).rejects.toMatchObject({
      code: "Conflict",
    });
    expect((await get("s"))?.spec.brightness).toBe(6);
    const nobody = { ...made, metadata: { ...made.metadata, name: "nobody" } };
    await expect(store.update(lampKind, nobody, BY)).rejects.toMatchObject({ code: "NotFound" });
  });

  it("updateStatus() and update() leave each other's part alone", async () => {
    const made = await make("p");
    const told = await store.updateStatus(
      lampKind,
      { ...made, spec: { brightness: 99 }, status: { seen: 5 } },
      BY,
    );
    expect([told.spec.brightness, told.status?.seen, told.metadata.generation]).toEqual([5, 5, 1]);
    const wished = await store.update(
      lampKind,
      { ...told, spec: { brightness: 6 }, status: { seen: 77 } },
      BY,
    );
    expect([wished.spec.brightness, wished.status?.seen]).toEqual([6, 5]);
    const again = await store.updateStatus(lampKind, wished, BY);
    expect(again.metadata.resourceVersion).toBe(wished.metadata.resourceVersion);
  });

  it("delete() removes at once what nobody holds, and is silent about what is not there", async () => {
    await make("d");
    await remove("d");
    expect(await get("d")).toBeUndefined();
    await remove("d");
  });

  it("delete() marks what finalizers hold; it goes with the last of them, and takes no new ones", async () => {
    await make("h", {}, [FINALIZER]);
    await remove("h");
    const held = await get("h");
    if (!held) throw new Error("it is gone");
    expect(held.metadata.deletionTimestamp).toMatch(/^\d{4}-/);
    const more = { ...held, metadata: { ...held.metadata, finalizers: [FINALIZER, "x.org/more"] } };
    await expect(store.update(lampKind, more, BY)).rejects.toMatchObject({ code: "Invalid" });
    await store.update(lampKind, { ...held, metadata: { ...held.metadata, finalizers: [] } }, BY);
    expect(await get("h")).toBeUndefined();
  });

  it("delete() spares a namesake of the one that was meant", async () => {
    const { metadata } = await make("n");
    await remove("n", "another-uid");
    expect((await get("n"))?.metadata.uid).toBe(metadata.uid);
    await remove("n", metadata.uid);
    expect(await get("n")).toBeUndefined();
  });

  it("watch() goes on from a list: everything after it, in order, and nothing before", async () => {
    await make("w-before");
    const { items, resourceVersion } = await store.list(lampKind);
    expect(items.map((item: Resource) => item.metadata.name)).toContain("w-before");
    const made = await make("w");
    await store.updateStatus(lampKind, { ...made, status: { seen: 1 } }, BY);
    await remove("w");
    await make("w-after");
    expect(await changesOf(store, resourceVersion, 4)).toEqual([
      ["put", "w"],
      ["put", "w"],
      ["delete", "w"],
      ["put", "w-after"],
    ]);
  });
});

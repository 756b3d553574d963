import type { ResourceStore } from "@freehold/store";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { KindCache } from "./kind-cache.ts";
import { BY } from "./testing/engine-fixture.ts";
import { FakeClock, MemoryStore, staleStore, turn } from "./testing/index.ts";
import { type Lamp, lampKind } from "./testing/toy.ts";

const NEVER = new AbortController().signal;

function lamp(name: string, brightness = 1): Lamp {
  return lampKind.draft({ name, namespace: "default" }, { brightness });
}

async function started(store: ResourceStore): Promise<{
  cache: KindCache<Lamp>;
  clock: FakeClock;
  stop: () => Promise<void>;
}> {
  const clock = new FakeClock();
  const cache = new KindCache(lampKind, { store, clock });
  const stop = new AbortController();
  const running = cache.run(stop.signal);
  await cache.primed;
  return {
    cache,
    clock,
    stop: async () => {
      stop.abort();
      await running;
    },
  };
}

describe("KindCache", () => {
  it("holds the first list when primed, marked as such, and live changes after", async () => {
    const store = new MemoryStore();
    await store.create(lampKind, lamp("old"), BY);
    const seen: string[] = [];
    const cache = new KindCache(lampKind, { store, clock: new FakeClock() });
    cache.onChange(({ resource, initial, deleted, previous }) =>
      seen.push(
        `${resource.metadata.name} ${initial ? "initial" : "live"} ${deleted} ${previous !== undefined}`,
      ),
    );
    const stop = new AbortController();
    const running = cache.run(stop.signal);
    await cache.primed;
    await store.create(lampKind, lamp("new"), BY);
    await store.delete(lampKind, lampKind.ref("old", "default"), BY);
    await turn();
    stop.abort();
    await running;
    expect(seen).toEqual(["old initial false false", "new live false false", "old live true true"]);
  });

  it("lists again after Compacted, and tells of what went and came meanwhile", async () => {
    const store = new MemoryStore();
    await store.create(lampKind, lamp("goes"), BY);
    await store.create(lampKind, lamp("stays"), BY);
    const { cache, clock, stop } = await started({
      ...bound(store),
      // The watch is only begun after history was thrown away.
      watch: (kind, from, signal) => {
        if (from === "2") {
          store.lose(lampKind, "goes", "default");
          store.compact();
        }
        return store.watch(kind, from, signal);
      },
    });
    const told: string[] = [];
    cache.onChange(({ resource, deleted }) => told.push(`${resource.metadata.name} ${deleted}`));
    await store.create(lampKind, lamp("comes"), BY);
    await clock.advance(500);
    expect(told).toEqual(["goes true", "comes false"]);
    expect(cache.list().map(({ metadata }) => metadata.name)).toEqual(["stays", "comes"]);
    await stop();
  });

  it("rests between watches that end at once", async () => {
    const store = new MemoryStore();
    let watches = 0;
    const { clock, stop } = await started({
      ...bound(store),
      watch: async function* () {
        watches += 1;
        yield* [];
      },
    });
    await clock.advance(5000);
    expect(watches).toBe(11);
    await stop();
    expect(clock.waiting).toBe(0);
  });

  it("keeps what it knows while the store is away, and comes back", async () => {
    const store = new MemoryStore();
    await store.create(lampKind, lamp("a"), BY);
    let away = false;
    const { cache, clock, stop } = await started({
      ...bound(store),
      watch: async function* (kind, from, signal) {
        if (away) throw Object.assign(new Error("refused"), { code: "Unavailable" });
        away = true;
        yield* store.watch(kind, from, AbortSignal.any([signal, AbortSignal.abort()]));
      },
      list: async (kind) => {
        if (away && cache.list().length === 1 && clock.now() % 1000 === 0) away = false;
        return store.list(kind);
      },
    });
    await store.create(lampKind, lamp("b"), BY);
    await clock.advance(2000);
    expect(cache.list()).toHaveLength(2);
    await stop();
  });

  it("reached() waits for the revision, or for the signal", async () => {
    const store = new MemoryStore();
    const { cache, stop } = await started(store);
    const order: string[] = [];
    const waiting = cache.reached(2, NEVER).then(() => order.push(`at ${cache.revision}`));
    await cache.reached(99, AbortSignal.abort());
    order.push("aborted");
    await store.create(lampKind, lamp("a"), BY);
    await turn();
    order.push("one");
    await store.create(lampKind, lamp("b"), BY);
    await waiting;
    expect(order).toEqual(["aborted", "one", "at 2"]);
    await stop();
  });

  it("ends as the store is, through lateness, skipped states and compaction", async () => {
    const act = fc.record({
      do: fc.constantFrom("create", "edit", "delete", "compact", "wait"),
      name: fc.constantFrom("a", "b", "c"),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(act, { maxLength: 25 }),
        fc.array(fc.nat({ max: 3 }), { minLength: 1 }),
        async (acts, late) => {
          const store = new MemoryStore();
          let n = 0;
          const { cache, clock, stop } = await started(
            staleStore(store, () => late[(n += 1) % late.length] ?? 0),
          );
          const revisions: number[] = [];
          cache.onChange(() => revisions.push(cache.revision));
          for (const { do: what, name } of acts) {
            const known = await store.get(lampKind, name, "default");
            if (what === "create" && !known) await store.create(lampKind, lamp(name), BY);
            if (what === "edit" && known)
              await store.update(lampKind, { ...known, spec: { brightness: (n += 1) } }, BY);
            if (what === "delete") await store.delete(lampKind, lampKind.ref(name, "default"), BY);
            if (what === "compact") store.compact();
            if (what === "wait") await turn(1);
          }
          await turn(6);
          await clock.advance(1000);
          await turn(6);
          const { items } = await store.list(lampKind);
          const byName = (a: { metadata: { name: string } }, b: { metadata: { name: string } }): number =>
            a.metadata.name < b.metadata.name ? -1 : 1;
          expect(cache.list().toSorted(byName)).toEqual(items.toSorted(byName));
          expect(revisions).toEqual(revisions.toSorted((a, b) => a - b));
          await stop();
        },
      ),
      { numRuns: 100 },
    );
  });
});

/** A store's methods as own members, to replace single ones. */
function bound(store: MemoryStore): ResourceStore {
  return staleStore(store, () => 0);
}

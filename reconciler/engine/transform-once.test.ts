import { describe, expect, it } from "vitest";

import { desired, type Transformer } from "./contracts.ts";
import { BY, EngineFixture } from "./testing/engine-fixture.ts";
import { staleStore, statusProblems } from "./testing/index.ts";
import { type Lamp, lampKind, type Plug, plugKind } from "./testing/toy.ts";

/** A lamp of brightness n gets n plugs; the first one is everybody's. */
const lampPlugs: Transformer<Lamp> = {
  name: "test.plugs",
  input: lampKind,
  outputs: [plugKind],
  reads: [],
  derive: ({ metadata, spec }) =>
    Array.from({ length: spec.brightness }, (_, i) =>
      desired({
        kind: plugKind,
        name: `${metadata.name}-${i}`,
        namespace: "default",
        spec: { volts: 10 + i },
      }),
    ),
  summarise: ({ spec }, world) => ({
    status: { seen: world.list(plugKind).length },
    outcome:
      world.list(plugKind).length < spec.brightness
        ? { type: "waiting", reason: "NoPlug", message: "plugs are missing" }
        : { type: "ready" },
  }),
};

async function started(transformer = lampPlugs, late = 0): Promise<EngineFixture> {
  const f = new EngineFixture((store) => (late > 0 ? staleStore(store, () => late) : store));
  f.engine.addTransformer(transformer);
  await f.engine.start();
  return f;
}

const plugs = async (f: EngineFixture): Promise<readonly Plug[]> => (await f.store.list(plugKind)).items;
const names = async (f: EngineFixture): Promise<readonly string[]> =>
  (await plugs(f)).map(({ metadata, spec }) => `${metadata.name} ${spec.volts}`).toSorted();

describe("transformOnce()", () => {
  it("makes what is derived, owned by its input, and sums up", async () => {
    await using f = await started();
    const { metadata } = await f.create("a", 2);
    await f.settle();
    expect(await names(f)).toEqual(["a-0 10", "a-1 11"]);
    expect((await plugs(f))[0]?.metadata).toMatchObject({
      labels: { "freehold.dev/controller": "test.plugs", "freehold.dev/owner-name": "a" },
      ownerReferences: [{ kind: "Lamp", name: "a", uid: metadata.uid, controller: true }],
    });
    expect([(await f.lamp("a")).status?.seen, statusProblems(lampKind, await f.lamp("a"))]).toEqual([2, []]);
  });

  it("deletes outputs no longer derived, and no others", async () => {
    await using f = await started();
    await f.create("a", 3);
    await f.create("b", 1);
    await f.plug("foreign", 230);
    await f.settle();
    await f.edit("a", 1);
    await f.settle();
    expect(await names(f)).toEqual(["a-0 10", "b-0 10", "foreign 230"]);
  });

  it("puts back what somebody changed or deleted", async () => {
    await using f = await started();
    await f.create("a", 2);
    await f.settle();
    await f.plug("a-0", 99);
    await f.delete("a-1", plugKind);
    await f.settle();
    expect(await names(f)).toEqual(["a-0 10", "a-1 11"]);
  });

  it("goes after its outputs have gone", async () => {
    await using f = await started();
    await f.create("a", 1);
    await f.settle();
    const [plug] = await plugs(f);
    if (!plug) throw new Error("no plug was made");
    await f.store.update(
      plugKind,
      { ...plug, metadata: { ...plug.metadata, finalizers: ["x.org/held"] } },
      BY,
    );
    await f.delete("a");
    await f.settle();
    expect(f.store.objects.size).toBeGreaterThan(1);
    const [held] = await plugs(f);
    if (!held) throw new Error("the plug went although it was held");
    await f.store.update(plugKind, { ...held, metadata: { ...held.metadata, finalizers: [] } }, BY);
    await f.settle();
    expect([await plugs(f), (await f.store.list(lampKind)).items]).toEqual([[], []]);
  });

  it("is quiet when nothing changes", async () => {
    await using f = await started();
    await f.create("a", 2);
    await f.settle();
    const { writes } = f.store;
    await f.clock.advance(1_500_000);
    expect(f.store.writes).toBe(writes);
  });

  it("leaves an ensured object to people, and releases it only when told", async () => {
    const ensuring: Transformer<Lamp> = {
      ...lampPlugs,
      derive: ({ metadata }) => [
        desired({
          kind: plugKind,
          name: metadata.name,
          namespace: "default",
          spec: { volts: 1 },
          hold: "ensure",
        }),
      ],
      release: ({ metadata, spec }) => (spec.brightness > 1 ? [{ kind: plugKind, name: metadata }] : []),
    };
    await using f = await started(ensuring);
    for (const [name, brightness] of [
      ["kept", 1],
      ["gone", 2],
    ] as const)
      await f.create(name, brightness);
    await f.settle();
    await f.plug("kept", 55);
    await f.settle();
    for (const name of ["kept", "gone"]) await f.delete(name);
    await f.settle();
    expect(await names(f)).toEqual(["kept 55"]);
  });

  it("serial: gives the same scarce thing to no two, however late the view", async () => {
    const giving: Transformer<Lamp> = {
      ...lampPlugs,
      serial: true,
      derive: ({ metadata }, world) => {
        const others = world.list(plugKind).filter((plug) => plug.metadata.name !== metadata.name);
        const own = world.get(plugKind, metadata.name, "default");
        const taken = new Set(others.map(({ spec }) => spec.volts));
        const free = [1, 2, 3, 4, 5, 6, 7, 8, 9].find((volts) => !taken.has(volts));
        const volts = own?.spec.volts ?? free ?? 0;
        return [desired({ kind: plugKind, name: metadata.name, namespace: "default", spec: { volts } })];
      },
    };
    await using f = await started(giving, 3);
    for (let i = 0; i < 8; i += 1) await f.create(`lamp${i}`, 1);
    for (let i = 0; i < 30; i += 1) await f.settle();
    const given = (await plugs(f)).map(({ spec }) => spec.volts);
    expect(given.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });
});

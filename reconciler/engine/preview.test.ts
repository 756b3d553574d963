import type { Resource } from "@freehold/apis";
import { describe, expect, it } from "vitest";

import { desired, type Transformer, type World } from "./contracts.ts";
import { keyOf, nameKey } from "./kind-cache.ts";
import type { ObjectEffect } from "./object-effect.ts";
import { previewChange } from "./preview.ts";
import { EngineFixture } from "./testing/engine-fixture.ts";
import { type Lamp, lampKind, type Plug, plugKind } from "./testing/toy.ts";

/** A lamp of brightness n gets n plugs, and keeps a spare one. */
const lampPlugs: Transformer<Lamp> = {
  name: "test.plugs",
  input: lampKind,
  outputs: [plugKind],
  reads: [],
  derive: ({ metadata: { name }, spec }) => [
    ...Array.from({ length: spec.brightness }, (_, i) =>
      desired({
        kind: plugKind,
        name: `${name}-${i}`,
        namespace: "default",
        spec: { volts: spec.brightness },
      }),
    ),
    desired({
      kind: plugKind,
      name: `${name}-spare`,
      namespace: "default",
      spec: { volts: 1 },
      hold: "ensure",
    }),
  ],
  release: ({ metadata: { name } }) => [
    { kind: plugKind, name: { name: `${name}-spare`, namespace: "default" } },
  ],
};

async function withLamp(brightness: number): Promise<EngineFixture> {
  const f = new EngineFixture();
  f.engine.addTransformer(lampPlugs);
  await f.engine.start();
  await f.create("a", brightness);
  await f.settle();
  return f;
}

function preview(
  { store }: EngineFixture,
  change: ObjectEffect,
  transformers: readonly Transformer<Resource>[] = [lampPlugs],
): readonly ObjectEffect[] {
  const world: World = {
    get: (kind, name, namespace) => world.list(kind).find((one) => keyOf(one) === nameKey(name, namespace)),
    list: (kind) =>
      [...store.objects].flatMap(([place, object]) =>
        place.startsWith(`${kind.id} `) ? [kind.decode(object)] : [],
      ),
  };
  return previewChange(change, transformers, world);
}

const shown = (effects: readonly ObjectEffect[]): readonly string[] =>
  effects.map(({ before, after }) => {
    const volts = (resource: Resource): string => String(Reflect.get(Object(resource.spec), "volts"));
    const name = (after ?? before)?.metadata.name ?? "";
    if (!before) return `+ ${name} ${after ? volts(after) : ""}`;
    return after ? `${name} ${volts(before)} → ${volts(after)}` : `- ${name}`;
  });

describe("previewChange()", () => {
  it("tells what a change would create, change and delete, and does none of it", async () => {
    await using f = await withLamp(2);
    const before = await f.lamp("a");
    const { writes } = f.store;
    expect(
      shown(preview(f, { kind: lampKind, before, after: { ...before, spec: { brightness: 3 } } })),
    ).toEqual(["a-0 2 → 3", "a-1 2 → 3", "+ a-2 3"]);
    expect(
      shown(preview(f, { kind: lampKind, before, after: { ...before, spec: { brightness: 1 } } })),
    ).toEqual(["- a-1", "a-0 2 → 1"]);
    expect([f.store.writes, preview(f, { kind: lampKind, before, after: before })]).toEqual([writes, []]);
  });

  it("tells what goes with an object, also what it only kept", async () => {
    await using f = await withLamp(1);
    const before = await f.lamp("a");
    expect(shown(preview(f, { kind: lampKind, before, after: undefined }))).toEqual(["- a-0", "- a-spare"]);
  });

  it("follows effects into what others derive from them, and ends where they go round", async () => {
    await using f = new EngineFixture();
    const back: Transformer<Plug> = {
      name: "test.back",
      input: plugKind,
      outputs: [lampKind],
      reads: [],
      derive: ({ metadata: { name } }) => [
        desired({ kind: lampKind, name: `${name}-x`, namespace: "default", spec: { brightness: 0 } }),
      ],
    };
    const after = lampKind.draft({ name: "a", namespace: "default" }, { brightness: 1 });
    const effects = shown(preview(f, { kind: lampKind, before: undefined, after }, [lampPlugs, back]));
    expect(effects.slice(0, 4)).toEqual([
      "+ a-0 1",
      "+ a-spare 1",
      "+ a-0-x undefined",
      "+ a-spare-x undefined",
    ]);
    expect(effects.length).toBeLessThan(2000);
  });
});

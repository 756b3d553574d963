import { builtInKinds } from "@freehold/apis";
import fc from "fast-check";
import { expect, test } from "vitest";

import { ApiError } from "../errors/api-error.ts";
import { registryFixture } from "../testing/registry-fixture.ts";

/** Objects whose members are named as the schemas name theirs, and hold anything. */
const names = [
  "name",
  "spec",
  "status",
  "machine",
  "volumes",
  "images",
  "id",
  "finalizers",
  "labels",
  "data",
  "conditions",
].concat([
  "ownerReferences",
  "annotations",
  "managedFields",
  "uid",
  "stringData",
  "__proto__",
  "constructor",
  "type",
]);
const anything = fc.letrec((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom<unknown>(null, true, 0, -1.5, "", "x", "a b"),
    fc.array(tie("node"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...names), tie("node"), { maxKeys: 4, noNullPrototype: true }),
  ),
})).node;
/** A kind, and members it knows that hold anything, or what their schema may take. */
const configs = fc.constantFrom(...builtInKinds).chain((kind) => {
  const texts = fc.dictionary(fc.constantFrom("a", "b"), fc.constantFrom("", "x"), { noNullPrototype: true });
  const metadata = fc.record(
    { labels: texts, annotations: texts },
    { requiredKeys: [], noNullPrototype: true },
  );
  const member = fc.oneof(texts, anything, fc.constantFrom({ machine: "m1" }, { machine: "m1", size: null }));
  const members = fc.dictionary(fc.constantFrom(...Object.keys(kind.properties)), member, {
    noNullPrototype: true,
  });
  return fc.tuple(fc.oneof(metadata, anything), members).map(([meta, rest]) => ({
    kind,
    config: { ...rest, metadata: meta, apiVersion: kind.apiVersion, kind: kind.kind },
  }));
});

async function isAnswered(doing: Promise<unknown>): Promise<boolean> {
  try {
    await doing;
  } catch (error) {
    expect(error).toBeInstanceOf(ApiError);
    return false;
  }
  return true;
}

test("Registry.apply() answers whatever is sent, and what it took can be applied again", async () => {
  const { registry } = await registryFixture();
  await fc.assert(
    fc.asyncProperty(configs, fc.boolean(), async ({ kind, config }, force) => {
      const key = { ...(kind.scope === "Namespaced" && { namespace: "default" }), name: "a" };
      const options = { manager: "ann", force };
      if (!(await isAnswered(registry.apply(kind, key, config, options)))) return;
      const first = await registry.get(kind, key);
      // Who has applied nothing owns nothing; the next apply then finds an object nobody was tracked in.
      if (first.metadata.managedFields === undefined) return;
      await registry.apply(kind, key, config, options);
      expect(await registry.get(kind, key)).toEqual(first);
    }),
    { numRuns: 2000 },
  );
});

test("Registry.update() takes no managedFields that cannot be read, and never fails for them", async () => {
  const { registry } = await registryFixture();
  const configMaps = builtInKinds.find(({ id }) => id === "ConfigMap");
  if (!configMaps) throw new Error("no ConfigMap kind");
  const key = { namespace: "default", name: "a" };
  await registry.create(configMaps, "default", { metadata: { name: "a" }, data: { x: "0" } });
  const elements = fc.constantFrom(
    ".",
    "f:data",
    "f:x",
    "k:{",
    'k:{"a":1}',
    "v:1",
    "i:0",
    "x",
    "f:__proto__",
  );
  const tree = fc.letrec((tie) => ({
    node: fc.dictionary(elements, fc.oneof({ maxDepth: 3 }, fc.constant({}), anything, tie("node")), {
      maxKeys: 3,
    }),
  })).node;
  const entry = fc.record(
    {
      manager: fc.constantFrom<unknown>("a", "", 1, null),
      operation: fc.constantFrom<unknown>("Apply", "Update", "Merge", null),
      apiVersion: fc.constantFrom<unknown>("v1", "v2", 5),
      time: fc.constantFrom<unknown>("2026-01-01T00:00:00Z", "soon", 7, null),
      fieldsType: fc.constantFrom("FieldsV1", "FieldsV2"),
      fieldsV1: fc.oneof(tree, anything),
      subresource: fc.constantFrom<unknown>("", "status", 3),
    },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(entry, { maxLength: 3 }), fc.nat({ max: 3 }), async (managedFields, x) => {
      const change = (old: object) => ({
        ...old,
        metadata: { name: "a", managedFields },
        data: { x: String(x) },
      });
      await registry.update(configMaps, key, change, { manager: "eve" });
      const read = await registry.get(configMaps, key);
      expect(await registry.update(configMaps, key, () => read)).toEqual(read);
    }),
    { numRuns: 1000 },
  );
});

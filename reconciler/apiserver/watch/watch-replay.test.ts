import type { Resource } from "@freehold/apis";
import { volumeKind } from "@freehold/apis/storage";
import fc from "fast-check";
import { expect, test } from "vitest";

import { isApiError } from "../errors/api-error.ts";
import type { Registry } from "../registry/registry.ts";
import { registryFixture } from "../testing/registry-fixture.ts";

type Operation = { readonly do: "create" | "grow" | "in" | "out" | "delete"; readonly name: string };

const operation: fc.Arbitrary<Operation> = fc.record({
  do: fc.constantFrom("create", "grow", "in", "out", "delete"),
  name: fc.constantFrom("a", "b", "c"),
});
const isIn = ({ metadata }: Resource): boolean => metadata.labels?.["in"] === "yes";

test("a list and a watch from it, filtered or not, always add up to the list at the end", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(operation, { maxLength: 15 }),
      fc.array(operation, { maxLength: 15 }),
      fc.boolean(),
      async (before, after, filtered) => {
        const { registry } = await registryFixture();
        const matches = filtered ? isIn : undefined;
        for (const one of before) await carryOut(registry, one);
        const start = await registry.list(volumeKind, { matches });
        for (const one of after) await carryOut(registry, one);
        const end = await registry.list(volumeKind, { matches });
        const seen = new Map(start.items.map((item) => [item.metadata.name, item]));
        await follow(
          registry,
          { from: start.resourceVersion, to: Number(end.resourceVersion), matches },
          seen,
        );
        expect([...seen.values()].toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))).toEqual(
          end.items,
        );
      },
    ),
    { numRuns: 60 },
  );
});

/** Applies what a watch tells, checking that each frame fits what is known, until the store's revision `to`. */
async function follow(
  registry: Registry,
  { from, to, matches }: { from: string; to: number; matches: ((resource: Resource) => boolean) | undefined },
  seen: Map<string, Resource>,
): Promise<void> {
  const end = new AbortController();
  // A last write that no filter hides says that everything before it was delivered.
  await registry.create(volumeKind, "default", {
    metadata: { name: "z", labels: { in: "yes" } },
    spec: { machine: "m1" },
  });
  let last = Number(from);
  for await (const frame of registry.watch(volumeKind, { resourceVersion: from, matches }, end.signal)) {
    if (frame.type === "PROGRESS") continue;
    if (frame.type === "ERROR") throw frame.error;
    const { name } = frame.object.metadata;
    if (frame.revision > to) return end.abort();
    expect(frame.revision).toBeGreaterThan(last);
    expect(frame.type === "ADDED").toBe(!seen.has(name));
    last = frame.revision;
    if (frame.type === "DELETED") seen.delete(name);
    else seen.set(name, frame.object);
  }
}

async function carryOut(registry: Registry, { do: what, name }: Operation): Promise<void> {
  const key = { namespace: "default", name };
  const change = (edit: (old: Resource) => Resource) => registry.update(volumeKind, key, edit);
  const label = (labels: Record<string, string>) =>
    change((old) => ({ ...old, metadata: { ...old.metadata, labels } }));
  try {
    if (what === "create")
      await registry.create(volumeKind, "default", { metadata: { name }, spec: { machine: "m1" } });
    else if (what === "delete") await registry.delete(volumeKind, key);
    else if (what === "in") await label({ in: "yes" });
    else if (what === "out") await label({});
    else
      await change((old) => ({
        ...old,
        spec: { machine: "m1", size: `${(old.metadata.generation ?? 0) + 1}Gi` },
      }));
  } catch (error) {
    // A random operation may find nothing, or somebody there already.
    if (!isApiError(error, "NotFound") && !isApiError(error, "AlreadyExists")) throw error;
  }
}

import { builtInKinds } from "@freehold/apis";
import { MemoryBackend } from "@freehold/store";

import { KindTable } from "../registry/kind-table.ts";
import { Registry } from "../registry/registry.ts";

/** 2026-01-02T03:04:05Z. */
export const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);

/** A registry over memory with the namespace `default`, counted uids and a clock that stands unless another is given. */
export async function registryFixture(
  clock: () => number = () => NOW,
): Promise<{ registry: Registry; backend: MemoryBackend }> {
  const backend = new MemoryBackend();
  let uids = 0;
  const registry = new Registry({
    backend,
    kinds: new KindTable(builtInKinds),
    clock,
    newUid: () => `uid-${(uids += 1)}`,
    newSuffix: () => String(uids).padStart(5, "x"),
  });
  const namespaces = registry.kinds.find("", "v1", "namespaces");
  if (!namespaces) throw new Error("Cannot set up: no Namespace kind");
  await registry.create(namespaces, undefined, { metadata: { name: "default" } });
  return { registry, backend };
}

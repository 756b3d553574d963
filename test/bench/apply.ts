import { builtInKinds, type Resource } from "@freehold/apis";
import { namespaceKind } from "@freehold/apis/core";
import { packageKind } from "@freehold/apis/package";
import { KindTable, Registry } from "@freehold/apiserver";
import { MemoryBackend } from "@freehold/store";

import { median } from "./statistics.ts";

const ROUNDS = 5;
const WRITES = 500;
const key = { namespace: "default", name: "a" };

/** Processor time of writes of one object of 4 KiB, over memory and without HTTP: what validation and field ownership cost. */
export async function bench(): Promise<void> {
  let uids = 0;
  const newUid = (): string => String((uids += 1));
  const kinds = new KindTable(builtInKinds);
  const backend = new MemoryBackend();
  const registry = new Registry({ backend, kinds, clock: Date.now, newUid, newSuffix: newUid });
  await registry.create(namespaceKind, undefined, { metadata: { name: "default" } });
  const apply = (manager: string, config: object): Promise<unknown> =>
    registry.apply(packageKind, key, config, { manager, force: false });
  await apply("ann", configOf("a", 16));
  const rows = {
    "apply, nothing new": await measure(() => apply("ann", configOf("a", 16))),
    "apply, one field": await measure((i) => apply("ann", configOf("a", 16 + i))),
    create: await measure((i) => registry.create(packageKind, "default", configOf(`b${i}`, 16))),
    "update, nothing new": await measure(() => registry.update(packageKind, key, (old) => old)),
    "update, one field": await measure((i) => registry.update(packageKind, key, (old) => noted(old, i))),
    get: await measure(() => registry.get(packageKind, key)),
  };
  console.table(
    Object.fromEntries(Object.entries(rows).map(([name, ms]) => [name, { "CPU ms": ms.toFixed(3) }])),
  );
  const { metadata, ...members } = await registry.get(packageKind, key);
  const [whole, owners] = [{ metadata, ...members }, metadata.managedFields].map(
    (part) => JSON.stringify(part).length,
  );
  console.log(
    `${JSON.stringify(configOf("a", 16)).length} bytes applied, ${whole} stored, ${owners} of them managedFields`,
  );
}

function configOf(name: string, pids: number): object {
  const entries = (count: number, of: (i: number) => [string, string]): Record<string, string> =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => of(i)));
  return {
    apiVersion: packageKind.apiVersion,
    kind: packageKind.kind,
    metadata: {
      name,
      labels: entries(10, (i) => [`label-${i}`, `value-${i}`]),
      annotations: entries(30, (i) => [`example.com/annotation-${i}`, "x".repeat(80)]),
    },
    spec: {
      source: { file: "/a.s9pk" },
      resources: { memory: "512Mi", cpu: "500m", pids },
      dependencies: entries(20, (i) => [`dependency-${i}`, `package-${i}`]),
    },
  };
}

function noted(object: Resource, i: number): Resource {
  const annotations = { ...object.metadata.annotations, note: String(i) };
  return { ...object, metadata: { ...object.metadata, annotations } };
}

/** Median over the rounds of one write's processor time, in milliseconds; the first round warms up. */
async function measure(write: (i: number) => Promise<unknown>): Promise<number> {
  const rounds: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const before = process.cpuUsage();
    for (let i = 0; i < WRITES; i += 1) await write(round * WRITES + i);
    const { user, system } = process.cpuUsage(before);
    if (round > 0) rounds.push((user + system) / 1000 / WRITES);
  }
  return median(rounds);
}

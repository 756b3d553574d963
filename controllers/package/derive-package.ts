import { parseQuantity, type ResourceOf, stableHash } from "@freehold/apis";
import { archiveKind, packageKind } from "@freehold/apis/package";
import { volumeKind } from "@freehold/apis/storage";
import { machineKind } from "@freehold/apis/system";
import { containerKind } from "@freehold/apis/workload";
import { type Desired, desired, isReady, type World } from "@freehold/engine";

import { allotmentOf } from "./allotment.ts";

type Package = ResourceOf<typeof packageKind>;
type Archive = ResourceOf<typeof archiveKind>;
type Machine = ResourceOf<typeof machineKind>;
type Container = ResourceOf<typeof containerKind>;

/** The machine a package runs on: the one it names, or the only one. */
export function machineOf(input: Package, world: World): Machine | undefined {
  if (input.spec.machine !== undefined) return world.get(machineKind, input.spec.machine);
  const placed = world.get(containerKind, input.metadata.name, input.metadata.namespace);
  const machines = world.list(machineKind);
  return placed
    ? world.get(machineKind, placed.spec.machine)
    : machines.length === 1
      ? machines[0]
      : undefined;
}

/** Another source is another Archive, so that the new one is there before the old one goes. */
export function archiveNameOf({ metadata, spec }: Package): string {
  return `${metadata.namespace ?? ""}.${metadata.name}-${stableHash(JSON.stringify(spec.source))}`;
}

export function derivePackage(input: Package, world: World): readonly Desired[] {
  const machine = machineOf(input, world);
  if (!machine) return keepWhatIs(input, world);
  const name = archiveNameOf(input);
  const { file, archive: rootHash } = input.spec.source;
  const wishes: Desired[] = [
    desired({
      kind: archiveKind,
      name,
      spec: {
        machine: machine.metadata.name,
        ...(file !== undefined && { file }),
        ...(rootHash !== undefined && { rootHash }),
      },
    }),
  ];
  const archive = world.get(archiveKind, name);
  if (!archive || !isUsable(archive, input, world) || !signerAgrees(input, archive)) {
    return [...wishes, ...keepRunning(input, world)];
  }
  const volumes = volumeIdsOf(archive);
  for (const id of volumes) wishes.push(volumeWish(input, machine, id));
  wishes.push(containerWish(input, { machine, archive, volumes }, world));
  return wishes;
}

/** Ready; or verified and about to be, when no container is at stake yet: the new one may be prepared meanwhile. */
function isUsable(archive: Archive, { metadata }: Package, world: World): boolean {
  if (isReady(archive)) return true;
  const { manifest, conditions = [] } = archive.status ?? {};
  if (manifest === undefined || conditions.some(({ type }) => type === "Stalled")) return false;
  return world.get(containerKind, metadata.name, metadata.namespace) === undefined;
}

/** An archive that is not usable yet must not take away the container that runs from the old one. */
function keepRunning(input: Package, world: World): readonly Desired[] {
  const container = world.get(containerKind, input.metadata.name, input.metadata.namespace);
  if (!container) return [];
  const old = world.get(archiveKind, container.spec.archive);
  const { name, namespace } = container.metadata;
  const kept = [desired({ kind: containerKind, name, namespace, spec: container.spec })];
  return old && old.metadata.name !== archiveNameOf(input)
    ? [...kept, desired({ kind: archiveKind, name: old.metadata.name, spec: old.spec })]
    : kept;
}

/** The machine is not known just now; nothing that exists is given up for that. */
function keepWhatIs(input: Package, world: World): readonly Desired[] {
  const archive = world.get(archiveKind, archiveNameOf(input));
  const kept = archive
    ? [desired({ kind: archiveKind, name: archive.metadata.name, spec: archive.spec })]
    : [];
  return [...kept, ...keepRunning(input, world)];
}

export function signerAgrees(input: Package, archive: Archive): boolean {
  return input.spec.signer === undefined || input.spec.signer === archive.status?.signer;
}

function manifestOf(archive: Archive): Readonly<Record<string, unknown>> {
  const manifest: unknown = archive.status?.manifest;
  return typeof manifest === "object" && manifest !== null
    ? Object.fromEntries(Object.entries(manifest))
    : {};
}

/** A text of the manifest, or "". */
export function manifestText(archive: Archive, field: string): string {
  const value = manifestOf(archive)[field];
  return typeof value === "string" ? value : "";
}

function volumeIdsOf(archive: Archive): readonly string[] {
  const volumes: unknown = manifestOf(archive)["volumes"];
  return Array.isArray(volumes) ? volumes.filter((id) => typeof id === "string") : [];
}

export function volumeNameOf(input: Package, id: string): string {
  return `${input.metadata.name}-${id}`;
}

function volumeWish(input: Package, machine: Machine, id: string): Desired {
  return desired({
    kind: volumeKind,
    name: volumeNameOf(input, id),
    namespace: input.metadata.namespace,
    labels: { "package.freehold.dev/package": input.metadata.name },
    spec: { machine: machine.metadata.name, retain: true },
    hold: "ensure",
  });
}

function containerWish(
  input: Package,
  parts: { readonly machine: Machine; readonly archive: Archive; readonly volumes: readonly string[] },
  world: World,
): Desired {
  const { name, namespace } = input.metadata;
  const { machine, archive } = parts;
  const images = Object.keys(Object(manifestOf(archive)["images"]) as object);
  return desired({
    kind: containerKind,
    name,
    namespace,
    spec: {
      machine: machine.metadata.name,
      package: name,
      packageId: manifestText(archive, "id"),
      archive: archive.metadata.name,
      images,
      volumes: parts.volumes.map((id) => ({ id, volume: volumeNameOf(input, id) })),
      ...allotmentOf({ name, namespace }, machine, world.list(containerKind)),
      running: input.spec.running,
      limits: limitsOf(input),
    },
  });
}

function limitsOf({ spec }: Package): NonNullable<Container["spec"]["limits"]> {
  const { memory, cpu, pids } = spec.resources ?? {};
  return {
    ...(memory !== undefined && { memoryBytes: Math.round(parseQuantity(memory)) }),
    ...(cpu !== undefined && { cpuMillis: Math.round(parseQuantity(cpu) * 1000) }),
    ...(pids !== undefined && { pids }),
  };
}

import type { Directory, MountHost, MountPoint } from "@freehold/agent-ports";
import type { ResourceOf } from "@freehold/apis";
import { volumeKind } from "@freehold/apis/storage";
import type { Layout } from "@freehold/apis/system";
import { type Goal, type Plan, type Realizer, toPlan } from "@freehold/engine";

type Volume = ResourceOf<typeof volumeKind>;

export interface VolumeHost {
  readonly mounts: MountHost;
  readonly layout: Layout;
  readonly machine: string;
}

export interface VolumeObservation {
  readonly path: string;
  readonly trash: string;
  readonly directory: Directory | undefined;
  /** The self-bind that makes mounts inside it propagate. */
  readonly mount: MountPoint | undefined;
  /** Mounts that a package left below it. */
  readonly below: readonly string[];
}

export type VolumeStep =
  | { readonly do: "make-directory"; readonly path: string }
  | { readonly do: "bind-to-itself"; readonly path: string }
  | { readonly do: "share"; readonly path: string }
  | { readonly do: "unmount"; readonly path: string }
  | { readonly do: "remove-data"; readonly path: string; readonly trash: string };

const FACTS: Readonly<Record<VolumeStep["do"], string>> = {
  "make-directory": "the volume's directory was missing",
  "bind-to-itself": "the volume's mount was missing",
  share: "the volume's mount did not propagate",
  unmount: "something was mounted in the volume",
  "remove-data": "data was to be removed",
};

/** Keeps a Volume's directory, bound to itself and shared, so that what is mounted inside is seen by those who are allowed to. */
export const volumeController: Realizer<Volume, VolumeHost, VolumeObservation, VolumeStep> = {
  name: "storage.volume",
  kind: volumeKind,
  observe: observeVolume,
  plan: planVolume,
  apply: applyVolumeStep,
  status: (_volume, { path, mount }) => (mount ? { path } : {}),
  fact: (step) => FACTS[step.do],
  wakes: ({ mounts }, signal) => mounts.changes(signal),
};

async function observeVolume(volume: Volume, { mounts, layout }: VolumeHost): Promise<VolumeObservation> {
  const path = layout.volume(volume);
  const [directory, found] = await Promise.all([mounts.directory(path), mounts.mountsBelow(path)]);
  return {
    path,
    trash: layout.trash,
    directory,
    mount: found.find(({ target }) => target === path),
    below: found.map(({ target }) => target).filter((target) => target !== path),
  };
}

export function planVolume(goal: Goal<Volume>, observed: VolumeObservation): Plan<VolumeStep> {
  const { path, directory, mount } = observed;
  if (goal.want === "absent") return planAbsent(goal.resource, observed);
  const steps: VolumeStep[] = [];
  if (!directory) steps.push({ do: "make-directory", path });
  if (!mount) steps.push({ do: "bind-to-itself", path });
  if (!mount || !mount.propagation.startsWith("shared")) steps.push({ do: "share", path });
  return toPlan(steps);
}

/** Children first; the data itself goes only when that was wished. */
function planAbsent(volume: Volume, observed: VolumeObservation): Plan<VolumeStep> {
  const { path, trash, directory, mount, below } = observed;
  const steps: VolumeStep[] = below.toReversed().map((target) => ({ do: "unmount", path: target }));
  if (mount) steps.push({ do: "unmount", path });
  if (directory && !volume.spec.retain) steps.push({ do: "remove-data", path, trash });
  return toPlan(steps);
}

async function applyVolumeStep(step: VolumeStep, { mounts }: VolumeHost): Promise<void> {
  switch (step.do) {
    case "make-directory":
      return mounts.makeDirectory(step.path, 0o755);
    case "bind-to-itself":
      return mounts.bind({ source: step.path, target: step.path, readOnly: false });
    case "share":
      return mounts.setPropagation(step.path, "shared");
    case "unmount":
      return mounts.unmount(step.path);
    case "remove-data":
      return mounts.removeTree(step.path, step.trash);
  }
}

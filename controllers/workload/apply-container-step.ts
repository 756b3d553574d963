import type { StepContext } from "@freehold/engine";

import type { ContainerControllerHost, ContainerStep } from "./container-observation.ts";
import { prepareFolder } from "./prepare-folder.ts";

/** How long a package may take to wind down before it is killed. */
const GRACE_MS = 60_000;

type Of<D extends ContainerStep["do"]> = Extract<ContainerStep, { readonly do: D }>;
type SessionStep = Of<"open-session" | "init" | "start-main" | "stop-main" | "exit" | "close-session">;
type LifeStep = Of<"write-definition" | "start" | "set-limits" | "relink" | "stop" | "destroy">;
type GroundStep = Exclude<ContainerStep, SessionStep | LifeStep>;

/** Takes one step: in what the container stands on, in its life, or in the talk with its package. */
export async function applyContainerStep(
  step: ContainerStep,
  host: ContainerControllerHost,
  { signal }: StepContext,
): Promise<void> {
  if (isSessionStep(step)) return applySessionStep(step, host, signal);
  return isLifeStep(step) ? applyLifeStep(step, host) : applyGroundStep(step, host);
}

function isSessionStep(step: ContainerStep): step is SessionStep {
  return ["open-session", "init", "start-main", "stop-main", "exit", "close-session"].includes(step.do);
}

function isLifeStep(step: ContainerStep): step is LifeStep {
  return ["write-definition", "start", "set-limits", "relink", "stop", "destroy"].includes(step.do);
}

async function applyGroundStep(step: GroundStep, { mounts }: ContainerControllerHost): Promise<void> {
  switch (step.do) {
    case "mount-runtime":
      return mounts.mountImage(step.image, step.target);
    case "prepare":
      return prepareFolder(step.folder, step.idMap, mounts);
    case "write-resolvers":
      return mounts.writeText(step.file, step.text, 0o644, { volatile: true });
    case "clear-scratch":
      return clearScratch(step, mounts);
    case "share-subcontainers": {
      const { subcontainers } = step.folder;
      await mounts.bind({ source: subcontainers, target: subcontainers, readOnly: false });
      return mounts.setPropagation(subcontainers, "shared");
    }
    case "mount-root": {
      const { folder, lower, idMap } = step;
      const { rootfs, upper, work } = folder;
      return mounts.mountOverlay({ target: rootfs, lower, idMap, upper, work });
    }
    case "unmount":
      return mounts.unmount(step.target, { lazy: step.lazy === true });
    case "remove-folder":
      return mounts.removeTree(step.path, step.trash);
  }
}

async function clearScratch(
  { folder, trash }: Of<"clear-scratch">,
  mounts: ContainerControllerHost["mounts"],
): Promise<void> {
  // The folder is a mount of its own, and nothing can be renamed out of a mount: it is its own trash.
  for (const guid of await mounts.list(folder.subcontainers)) {
    await mounts.removeTree(`${folder.subcontainers}/${guid}`, folder.subcontainers);
  }
  for (const guid of await mounts.list(folder.scratch)) {
    await mounts.removeTree(`${folder.scratch}/${guid}`, trash);
  }
}

async function applyLifeStep(step: LifeStep, { containers }: ContainerControllerHost): Promise<void> {
  switch (step.do) {
    case "write-definition":
      return containers.create(step.definition);
    case "start":
      return containers.start(step.name);
    case "set-limits":
      return containers.setLimits(step.name, step.limits);
    case "relink":
      return containers.relink(step.name);
    case "stop":
      return containers.stop(step.name, GRACE_MS);
    case "destroy":
      return containers.destroy(step.name);
  }
}

async function applySessionStep(
  step: SessionStep,
  { mounts, sessions }: ContainerControllerHost,
  signal: AbortSignal,
): Promise<void> {
  switch (step.do) {
    case "open-session":
      return sessions.open({ name: step.name, rpc: step.rpc, owner: step.owner, caller: step.caller });
    case "init":
      await sessions.init(step.name, { start: step.start, kind: step.kind }, signal);
      // Last: an agent that was killed before says init again, of the same kind.
      return mounts.writeText(`${step.folder.root}/initialised`, step.archive);
    case "start-main":
      return sessions.startMain(step.name, step.start, signal);
    case "stop-main":
      return sessions.stopMain(step.name, signal);
    case "exit":
      return sessions.exit(step.name, step.target, signal);
    case "close-session":
      return sessions.close(step.name);
  }
}

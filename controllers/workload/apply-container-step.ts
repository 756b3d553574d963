import type { StepContext } from "@freehold/engine";

import type { ContainerControllerHost, ContainerStep } from "./container-observation.ts";
import { prepareFolder } from "./prepare-folder.ts";

/** How long a package may take to wind down before it is killed. */
const GRACE_MS = 60_000;

export async function applyContainerStep(
  step: ContainerStep,
  host: ContainerControllerHost,
  { signal }: StepContext,
): Promise<void> {
  const { containers, mounts, sessions } = host;
  switch (step.do) {
    case "mount-runtime":
      return mounts.mountImage(step.image, step.target);
    case "prepare":
      return prepareFolder(step.folder, step.idMap, mounts);
    case "clear-scratch": {
      const { folder, trash } = step;
      // The folder is a mount of its own, and nothing can be renamed out of a mount: it is its own trash.
      for (const guid of await mounts.list(folder.subcontainers)) {
        await mounts.removeTree(`${folder.subcontainers}/${guid}`, folder.subcontainers);
      }
      for (const guid of await mounts.list(folder.scratch)) await mounts.removeTree(`${folder.scratch}/${guid}`, trash);
      return;
    }
    case "share-subcontainers":
      await mounts.bind({
        source: step.folder.subcontainers,
        target: step.folder.subcontainers,
        readOnly: false,
      });
      return mounts.setPropagation(step.folder.subcontainers, "shared");
    case "mount-root": {
      const { folder, lower, idMap } = step;
      return mounts.mountOverlay({
        target: folder.rootfs,
        lower,
        idMap,
        upper: folder.upper,
        work: folder.work,
      });
    }
    case "write-definition":
      return containers.create(step.definition);
    case "open-session":
      return sessions.open({ name: step.name, rpc: step.rpc, owner: step.owner, caller: step.caller });
    case "start":
      return containers.start(step.name);
    case "set-limits":
      return containers.setLimits(step.name, step.limits);
    case "relink":
      return containers.relink(step.name);
    case "init":
      await sessions.init(step.name, { start: step.start, kind: step.kind }, signal);
      return mounts.writeText(`${step.folder.root}/initialised`, step.archive);
    case "start-main":
      return sessions.startMain(step.name, step.start, signal);
    case "stop-main":
      return sessions.stopMain(step.name, signal);
    case "exit":
      return sessions.exit(step.name, step.target, signal);
    case "stop":
      return containers.stop(step.name, GRACE_MS);
    case "destroy":
      return containers.destroy(step.name);
    case "close-session":
      return sessions.close(step.name);
    case "unmount":
      return mounts.unmount(step.target);
    case "remove-folder":
      return mounts.removeTree(step.path, step.trash);
  }
}

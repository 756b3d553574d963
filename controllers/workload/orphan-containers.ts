import { ContainerLayout } from "@freehold/apis/system";
import { containerKind, containerNameOf } from "@freehold/apis/workload";
import type { World } from "@freehold/engine";

import type { ContainerControllerHost, ContainerStep } from "./container-observation.ts";
import { unmountSteps } from "./unmount-steps.ts";

/** Steps that remove containers, and folders of containers, that no Container object stands for. Volumes are elsewhere, and stay. */
export async function orphanContainers(
  { containers, mounts, layout, sessions }: ContainerControllerHost,
  world: World,
): Promise<readonly ContainerStep[]> {
  const parent = `${layout.root}/containers`;
  // The machine first, the world after: a container made in between has its object by then.
  const [made, folders] = await Promise.all([containers.containers(), mounts.list(parent)]);
  const known = new Set(world.list(containerKind).map((container) => containerNameOf(container)));
  const steps: ContainerStep[] = [];
  for (const name of new Set([...made, ...folders])) {
    if (known.has(name)) continue;
    const folder = new ContainerLayout(`${parent}/${name}`);
    const state = made.includes(name) ? await containers.container(name) : undefined;
    const mounted = await mounts.mountsBelow(folder.root);
    if (state && state.state !== "stopped") steps.push({ do: "stop", name });
    if (made.includes(name)) steps.push({ do: "destroy", name });
    if (sessions.state(name, undefined).open) steps.push({ do: "close-session", name });
    const targets = mounted.map(({ target }) => target);
    steps.push(...unmountSteps(targets, folder));
    if (folders.includes(name)) steps.push({ do: "remove-folder", path: folder.root, trash: layout.trash });
  }
  return steps;
}

import type { ContainerLayout } from "@freehold/apis/system";

import type { ContainerStep } from "./container-observation.ts";

/**
 * Takes a container's mounts away. What lies below its subcontainers came from inside, as whole trees whose members the kernel has
 * locked together (mount_namespaces(7)): one cannot be unmounted alone, so each tree goes as one, lazily. The rest goes
 * one by one, children first.
 */
export function unmountSteps(mounted: readonly string[], folder: ContainerLayout): readonly ContainerStep[] {
  const trees = subcontainerTrees(mounted, folder);
  const rest = mounted.filter(
    (target) => !trees.some((tree) => target === tree || target.startsWith(`${tree}/`)),
  );
  return [
    ...trees.map((target): ContainerStep => ({ do: "unmount", target, lazy: true })),
    ...rest.toReversed().map((target): ContainerStep => ({ do: "unmount", target })),
  ];
}

/** Mounts below the folder of subcontainers that no other of them contains. */
export function subcontainerTrees(
  mounted: readonly string[],
  { subcontainers }: ContainerLayout,
): readonly string[] {
  const below = mounted.filter((target) => target.startsWith(`${subcontainers}/`));
  return below.filter((target) => !below.some((other) => other !== target && target.startsWith(`${other}/`)));
}

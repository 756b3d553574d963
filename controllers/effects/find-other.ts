import type { ResourceOf } from "@freehold/apis";
import { packageKind, serviceReportKind } from "@freehold/apis/package";
import { containerKind } from "@freehold/apis/workload";

import { type EffectContext, EffectError } from "./effect-context.ts";

type Container = ResourceOf<typeof containerKind>;
type Looking = Pick<EffectContext, "world" | "caller">;

/** The container of another package of the namespace, by the id the caller knows it by; its own without an id. */
export function containerOf(
  packageId: string | undefined,
  { world, caller }: Looking,
): Container | undefined {
  if (packageId === undefined || packageId === caller.packageId) {
    return world.get(containerKind, caller.name, caller.namespace);
  }
  const chosen = world.get(packageKind, caller.name, caller.namespace)?.spec.dependencies?.[packageId];
  return world
    .list(containerKind)
    .find(
      ({ metadata, spec }) =>
        metadata.namespace === caller.namespace &&
        (chosen === undefined ? spec.packageId === packageId : metadata.name === chosen),
    );
}

/** A package may know of those it declared a dependency on, and of itself. Throws EffectError. */
export function requireDependency(packageId: string | undefined, { world, caller }: Looking): void {
  if (packageId === undefined || packageId === caller.packageId) return;
  const declared = world.get(serviceReportKind, caller.name, caller.namespace)?.spec.dependencies ?? [];
  if (!declared.some(({ id }) => id === packageId)) {
    throw new EffectError(
      `Cannot look at "${packageId}": "${caller.packageId}" did not declare it as a dependency`,
    );
  }
}

/** Name of the Package the caller asks about; undefined when it is not there. */
export function packageNameOf(packageId: string | undefined, context: Looking): string | undefined {
  requireDependency(packageId, context);
  return packageId === undefined || packageId === context.caller.packageId
    ? context.caller.name
    : containerOf(packageId, context)?.metadata.name;
}

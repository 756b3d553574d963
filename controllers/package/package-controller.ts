import type { ResourceOf } from "@freehold/apis";
import { packageKind, archiveKind, serviceInterfaceKind, serviceReportKind } from "@freehold/apis/package";
import { volumeKind } from "@freehold/apis/storage";
import { machineKind } from "@freehold/apis/system";
import { containerKind } from "@freehold/apis/workload";
import type { Transformer, World } from "@freehold/engine";

import { derivePackage } from "./derive-package.ts";
import { summarisePackage } from "./summarise-package.ts";

type Package = ResourceOf<typeof packageKind>;

/** Package → its archive, volumes and container. */
export const packageController: Transformer<Package> = {
  name: "package.package",
  input: packageKind,
  outputs: [archiveKind, volumeKind, containerKind],
  reads: [machineKind, serviceReportKind, serviceInterfaceKind],
  // Addresses and uid ranges are given out by looking at what the others have.
  serial: true,
  touchedBy: (changed, world) => {
    if (machineKind.matches(changed)) return world.list(packageKind).map(({ metadata }) => metadata);
    if (serviceReportKind.matches(changed) || serviceInterfaceKind.matches(changed)) {
      return [
        { name: changed.spec.package, namespace: changed.metadata.namespace },
        ...dependants(changed.metadata, world),
      ];
    }
    return containerKind.matches(changed) ? dependants(changed.metadata, world) : [];
  },
  derive: derivePackage,
  summarise: summarisePackage,
  release: (input, world) =>
    world
      .list(volumeKind)
      .filter(
        ({ metadata, spec }) =>
          metadata.namespace === input.metadata.namespace &&
          metadata.labels?.["package.freehold.dev/package"] === input.metadata.name &&
          !spec.retain,
      )
      .map(({ metadata }) => ({ kind: volumeKind, name: metadata })),
};

/** Packages that named a dependency; their `unmet` may have changed. */
function dependants(changed: { readonly namespace?: string }, world: World): readonly Package["metadata"][] {
  return world
    .list(serviceReportKind)
    .filter(
      ({ metadata, spec }) =>
        metadata.namespace === changed.namespace && (spec.dependencies ?? []).length > 0,
    )
    .flatMap(({ spec, metadata }) => {
      const found = world.get(packageKind, spec.package, metadata.namespace);
      return found ? [found.metadata] : [];
    });
}

import type { ResourceOf } from "@freehold/apis";
import { bridgeKind } from "@freehold/apis/network";
import { archiveKind } from "@freehold/apis/package";
import { volumeKind } from "@freehold/apis/storage";
import { containerKind, containerNameOf } from "@freehold/apis/workload";
import { isReady, type World } from "@freehold/engine";

import { definitionOf } from "./container-definition.ts";
import type { ContainerControllerHost, ContainerObservation } from "./container-observation.ts";

type Container = ResourceOf<typeof containerKind>;

/** Looks at everything a container is made of. Writes nothing. */
export async function observeContainer(
  container: Container,
  host: ContainerControllerHost,
  world: World,
): Promise<ContainerObservation> {
  const { layout, mounts, sessions } = host;
  const name = containerNameOf(container);
  const folder = layout.container(container);
  const { namespace, name: packageName } = container.metadata;
  const [state, mounted, runtime, exists, prepared, marker, dataVersion, leftovers] = await Promise.all([
    host.containers.container(name),
    mounts.mountsBelow(folder.root),
    mounts.mountsBelow(layout.runtime),
    mounts.directory(folder.root),
    mounts.readText(`${folder.root}/prepared`),
    mounts.readText(`${folder.root}/initialised`),
    mounts.readText(layout.dataVersion(namespace ?? "", packageName)),
    mounts.list(folder.scratch),
  ]);
  const running = state?.state === "running";
  return {
    name,
    folder,
    runtimeImage: host.runtimeImage,
    runtimeTarget: layout.runtime,
    trash: layout.trash,
    definition: definitionOf(container, host),
    state,
    runtimeMounted: runtime.some(({ target }) => target === layout.runtime),
    folderExists: exists !== undefined,
    folderReady: prepared === String(container.spec.uidBase),
    mounted: mounted.map(({ target }) => target),
    subcontainersShared: mounted.some(
      ({ target, propagation }) => target === folder.subcontainers && propagation.startsWith("shared"),
    ),
    leftovers,
    missing: running ? undefined : missingOf(container, world),
    service: sessions.state(name, running ? state.starts : undefined),
    initialisedFor: marker,
    dataVersion,
    crashes: sessions.crashes(name, state, host.now()),
  };
}

function missingOf({ metadata, spec }: Container, world: World): ContainerObservation["missing"] {
  const archive = world.get(archiveKind, spec.archive);
  if (!archive || !isReady(archive)) {
    return { reason: "ArchiveNotReady", message: `archive "${spec.archive}" is not ready` };
  }
  const bridge = world.get(bridgeKind, spec.machine);
  if (!bridge || !isReady(bridge)) {
    return { reason: "BridgeNotReady", message: "the machine's bridge is not there" };
  }
  const volume = spec.volumes.find((used) => {
    const found = world.get(volumeKind, used.volume, metadata.namespace);
    return !found || !isReady(found);
  });
  return volume && { reason: "VolumeNotReady", message: `volume "${volume.volume}" is not ready` };
}

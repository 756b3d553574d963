import type { ResourceOf } from "@freehold/apis";
import { bridgeKind } from "@freehold/apis/network";
import { archiveKind, serviceReportKind } from "@freehold/apis/package";
import { volumeKind } from "@freehold/apis/storage";
import { containerKind, containerNameOf, hostLinkOf } from "@freehold/apis/workload";
import { isReady, type World } from "@freehold/engine";

import { definitionOf } from "./container-definition.ts";
import type { ContainerControllerHost, ContainerObservation } from "./container-observation.ts";
import { resolversFile, resolversFrom } from "./prepare-folder.ts";

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
  const link = hostLinkOf(container);
  const [state, mounted, runtime, exists, prepared, marker, dataVersion, leftovers, links, resolvers, found] =
    await Promise.all([
      host.containers.container(name),
      mounts.mountsBelow(folder.root),
      mounts.mountsBelow(layout.runtime),
      mounts.directory(folder.root),
      mounts.readText(`${folder.root}/prepared`),
      mounts.readText(`${folder.root}/initialised`),
      mounts.readText(layout.dataVersion(namespace ?? "", packageName)),
      mounts.list(folder.scratch),
      host.links.linksNamed(link),
      mounts.readText("/etc/resolv.conf").then(resolversFrom),
      mounts.readText(resolversFile(folder)),
    ]);
  const service = sessions.state(name, state?.state === "running" ? state.starts : undefined);
  const missing = missingOf(container, world);
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
    resolvers: found === resolvers ? undefined : resolvers,
    mounted: mounted.map(({ target }) => target),
    subcontainersShared: mounted.some(
      ({ target, propagation }) => target === folder.subcontainers && propagation.startsWith("shared"),
    ),
    leftovers,
    // Asked for in any case: what is read is what drift is told from.
    missing: running ? undefined : missing,
    service,
    linkExists: links.includes(link),
    bridgeReady: isThere(world.get(bridgeKind, container.spec.machine)),
    healthTold: healthToldIn(container, state?.starts, world),
    sinceMainMs: host.now() - Date.parse(mainStartOf(container, state, service) ?? ""),
    initialisedFor: marker,
    dataVersion,
    crashes: sessions.crashes(name, state, host.now()),
  };
}

/** When its main began: an agent that was started again says `start` again, and knows only when it did. */
export function mainStartOf(
  { status }: Container,
  state: ContainerObservation["state"],
  service: ContainerObservation["service"],
): string | undefined {
  if (!service.main) return undefined;
  return (status?.starts === state?.starts ? status?.mainStarted : undefined) ?? service.mainStartedAt;
}

function healthToldIn({ metadata }: Container, start: number | undefined, world: World): boolean {
  const report = world.get(serviceReportKind, metadata.name, metadata.namespace);
  return report?.spec.start === start && Object.keys(report?.spec.health ?? {}).length > 0;
}

function isThere(part: Parameters<typeof isReady>[0] | undefined): boolean {
  return part !== undefined && isReady(part);
}

function missingOf({ metadata, spec }: Container, world: World): ContainerObservation["missing"] {
  if (!isThere(world.get(archiveKind, spec.archive))) {
    return { reason: "ArchiveNotReady", message: `archive "${spec.archive}" is not ready` };
  }
  if (!isThere(world.get(bridgeKind, spec.machine))) {
    return { reason: "BridgeNotReady", message: "the machine's bridge is not there" };
  }
  const volume = spec.volumes.find(
    (used) => !isThere(world.get(volumeKind, used.volume, metadata.namespace)),
  );
  return volume && { reason: "VolumeNotReady", message: `volume "${volume.volume}" is not ready` };
}

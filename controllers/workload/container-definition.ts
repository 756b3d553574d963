import type { ContainerDefinition, IdMap, Limits } from "@freehold/agent-ports";
import type { ResourceOf } from "@freehold/apis";
import type { Layout } from "@freehold/apis/system";
import { containerKind, containerNameOf, hostLinkOf, macOf, UID_COUNT } from "@freehold/apis/workload";

type Container = ResourceOf<typeof containerKind>;

/** Where packages expect things (StartOS package ABI). */
const MEDIA = "media/startos";
/** Processes a container may have when nobody said otherwise: enough for any package, too few to take the machine down. */
const DEFAULT_PIDS = 4096;

export interface Surroundings {
  readonly layout: Layout;
  readonly bridgeLink: string;
  /** The bridge's own address with prefix length. */
  readonly bridgeCidr: string;
}

export function idMapOf(container: Container): IdMap {
  return { base: container.spec.uidBase, count: UID_COUNT };
}

export function limitsOf({ spec }: Container): Limits {
  return { pids: DEFAULT_PIDS, ...spec.limits };
}

/** The whole container as data; pure. */
export function definitionOf(
  container: Container,
  { layout, bridgeLink, bridgeCidr }: Surroundings,
): ContainerDefinition {
  const folder = layout.container(container);
  const { spec } = container;
  const [gateway, prefix] = bridgeCidr.split("/");
  return {
    name: containerNameOf(container),
    rootfs: folder.rootfs,
    uidBase: spec.uidBase,
    init: ["/usr/bin/start-container", "pipe-wrap", "/usr/bin/node", "/usr/lib/startos/init/index.js"],
    environment: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", HOME: "/root", LANG: "C.UTF-8" },
    stopSignal: "SIGTERM",
    binds: bindsOf(container, layout),
    network: {
      bridge: bridgeLink,
      hostLink: hostLinkOf(container),
      address: `${spec.ipv4}/${prefix ?? "16"}`,
      gateway: gateway ?? "",
      mac: macOf(container),
    },
    devices: [],
    limits: limitsOf(container),
  };
}

function bindsOf(container: Container, layout: Layout): ContainerDefinition["binds"] {
  const folder = layout.container(container);
  const idMap = idMapOf(container);
  const { namespace } = container.metadata;
  const archive = layout.archive(container.spec.archive);
  const readOnly = { readOnly: true, idMap };
  return [
    { source: `${archive}/javascript`, target: "usr/lib/startos/package", ...readOnly },
    { source: `${archive}/assets`, target: `${MEDIA}/assets`, ...readOnly },
    { source: `${archive}/images`, target: `${MEDIA}/images`, ...readOnly, recursive: true },
    // Already owned by the container's root: no shift, so that the agent can use the sockets too.
    { source: folder.rpc, target: `${MEDIA}/rpc`, readOnly: false },
    {
      source: folder.subcontainers,
      target: `${MEDIA}/subcontainers`,
      readOnly: false,
      propagation: "shared",
    },
    ...container.spec.volumes.map(({ id, volume }) => ({
      source: layout.volume({ metadata: { name: volume, ...(namespace !== undefined && { namespace }) } }),
      target: `${MEDIA}/volumes/${id}`,
      readOnly: false,
      idMap,
      propagation: "shared" as const,
    })),
  ];
}

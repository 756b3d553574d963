import type { ArchiveHost } from "./archive-host.ts";
import type { ContainerHost } from "./container-host.ts";
import type { LinkHost } from "./link-host.ts";
import type { MachineHost } from "./machine-host.ts";
import type { MountHost } from "./mount-host.ts";
import type { PacketHost } from "./packet-host.ts";
import type { RuntimeHost } from "./runtime-host.ts";

/** All that a machine can do for the controllers. */
export interface Host {
  readonly mounts: MountHost;
  readonly containers: ContainerHost;
  readonly links: LinkHost;
  readonly packets: PacketHost;
  readonly archives: ArchiveHost;
  readonly runtime: RuntimeHost;
  readonly machine: MachineHost;
}

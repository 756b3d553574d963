import type { Host } from "@freehold/agent-ports";
import { RouteSocket } from "@freehold/native";

import { LinuxArchiveHost } from "./archives/linux-archive-host.ts";
import { CgroupTree } from "./containers/cgroup-tree.ts";
import { findPrograms } from "./containers/find-programs.ts";
import { LinuxContainerHost } from "./containers/linux-container-host.ts";
import { LinuxLinkHost } from "./links/linux-link-host.ts";
import { LinuxMachineHost } from "./machine/linux-machine-host.ts";
import { LinuxMountHost } from "./mounts/linux-mount-host.ts";
import { LinuxPacketHost } from "./packets/linux-packet-host.ts";
import { LinuxRuntimeHost } from "./runtime/linux-runtime-host.ts";

export interface LinuxHostOptions {
  /** Folder for everything this machine keeps; made when missing. Without blanks. */
  readonly dataDir: string;
  /** Folder below each cgroup hierarchy for our containers: "freehold". */
  readonly cgroupParent: string;
  /** The built native/mount-into; compiled into `dataDir` when not given. */
  readonly mountInto?: string;
  /** The built native/log-lines, likewise. */
  readonly logLines?: string;
}

/** Every port on this machine. Several may be made for one `dataDir`, one after the other or at once. */
export function createLinuxHost(options: LinuxHostOptions): Host {
  const { dataDir } = options;
  const cgroups = new CgroupTree(options.cgroupParent);
  const routes = new RouteSocket();
  return {
    mounts: new LinuxMountHost(),
    containers: new LinuxContainerHost({
      root: `${dataDir}/containers`,
      cgroups,
      routes,
      programs: once(() => findPrograms(`${dataDir}/programs`, options)),
    }),
    links: new LinuxLinkHost(routes),
    packets: new LinuxPacketHost(`${dataDir}/packets`),
    archives: new LinuxArchiveHost(`${dataDir}/archives`),
    runtime: new LinuxRuntimeHost(),
    machine: new LinuxMachineHost(cgroups.version),
  };
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= work();
    made.catch(() => (made = undefined));
    return made;
  };
}

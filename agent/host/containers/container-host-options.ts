import type { RouteSocket } from "@freehold/native";

import type { CgroupTree } from "./cgroup-tree.ts";
import type { ContainerPrograms } from "./start-monitor.ts";

export interface ContainerHostOptions {
  /** Folder of the containers' folders, without blanks: it is written into LXC's configuration. */
  readonly root: string;
  readonly cgroups: CgroupTree;
  readonly routes: RouteSocket;
  programs(): Promise<ContainerPrograms>;
}

import type {
  ContainerDefinition,
  ContainerHost,
  ContainerState,
  IdMap,
  ImageSource,
  Limits,
  LinkHost,
  MountHost,
} from "@freehold/agent-ports";
import type { ContainerLayout, Layout } from "@freehold/apis/system";

import type { Caller, ServiceSessions, SessionState } from "./service-sessions.ts";

export interface ContainerControllerHost {
  readonly containers: ContainerHost;
  readonly mounts: MountHost;
  readonly links: LinkHost;
  readonly sessions: ServiceSessions;
  readonly layout: Layout;
  readonly machine: string;
  /** The image every container's root is made from. */
  readonly runtimeImage: ImageSource;
  readonly bridgeLink: string;
  readonly bridgeCidr: string;
  now(): number;
}

/** Everything the plan depends on. */
export interface ContainerObservation {
  /** LXC name. */
  readonly name: string;
  readonly folder: ContainerLayout;
  readonly runtimeImage: ImageSource;
  readonly runtimeTarget: string;
  readonly trash: string;
  readonly definition: ContainerDefinition;
  readonly state: ContainerState | undefined;
  readonly runtimeMounted: boolean;
  readonly folderReady: boolean;
  /** What its resolv.conf is to say, unless it does. */
  readonly resolvers: string | undefined;
  readonly folderExists: boolean;
  /** Mount targets at or below the container's folder, parents first. */
  readonly mounted: readonly string[];
  readonly subcontainersShared: boolean;
  /** Subcontainers of which something is left. */
  readonly leftovers: readonly string[];
  /** Why it cannot start yet, if so: parts that are not ready. */
  readonly missing: { readonly reason: string; readonly message: string } | undefined;
  readonly service: SessionState;
  /** The host end of its link exists, joined or not. */
  readonly linkExists: boolean;
  readonly bridgeReady: boolean;
  /** The package has told of its health since this start. */
  readonly healthTold: boolean;
  /** Milliseconds since the package's main began. */
  readonly sinceMainMs: number;
  /** The archive the package was last initialised from. */
  readonly initialisedFor: string | undefined;
  readonly dataVersion: string | undefined;
  /** Ends by itself within the last minutes, and milliseconds since the last one. */
  readonly crashes: { readonly recent: number; readonly sinceLastMs: number };
}

export type ContainerStep =
  | { readonly do: "mount-runtime"; readonly image: ImageSource; readonly target: string }
  | { readonly do: "prepare"; readonly folder: ContainerLayout; readonly idMap: IdMap }
  | { readonly do: "write-resolvers"; readonly file: string; readonly text: string }
  | { readonly do: "clear-scratch"; readonly folder: ContainerLayout; readonly trash: string }
  | { readonly do: "share-subcontainers"; readonly folder: ContainerLayout }
  | {
      readonly do: "mount-root";
      readonly folder: ContainerLayout;
      readonly lower: string;
      readonly idMap: IdMap;
    }
  | { readonly do: "write-definition"; readonly definition: ContainerDefinition; readonly replaces: boolean }
  | {
      readonly do: "open-session";
      readonly name: string;
      readonly rpc: string;
      readonly owner: number;
      readonly caller: Caller;
    }
  | { readonly do: "start"; readonly name: string; readonly found: string }
  | { readonly do: "set-limits"; readonly name: string; readonly limits: Limits; readonly found: string }
  | { readonly do: "relink"; readonly name: string }
  | {
      readonly do: "init";
      readonly name: string;
      readonly start: number;
      readonly kind: "install" | "update" | null;
      readonly archive: string;
      readonly folder: ContainerLayout;
    }
  | { readonly do: "start-main"; readonly name: string; readonly start: number }
  | { readonly do: "stop-main"; readonly name: string }
  | { readonly do: "exit"; readonly name: string; readonly target: string | null }
  | { readonly do: "stop"; readonly name: string }
  | { readonly do: "destroy"; readonly name: string }
  | { readonly do: "close-session"; readonly name: string }
  | { readonly do: "unmount"; readonly target: string; readonly lazy?: boolean }
  | { readonly do: "remove-folder"; readonly path: string; readonly trash: string };

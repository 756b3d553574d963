import type { Cancellation } from "./cancellation.ts";
import type { BindDefinition } from "./mount-host.ts";

export interface Limits {
  readonly memoryBytes?: number;
  /** Thousandths of a core. */
  readonly cpuMillis?: number;
  readonly pids?: number;
}

/** Everything a container is made of. Two definitions are the same when their JSON is. */
export interface ContainerDefinition {
  /** Also the host name inside; letters, digits and '-', at most 63. */
  readonly name: string;
  /** Mounted root filesystem, already shifted to `uidBase`. The container's root must be able to look its path up (mode 0711). */
  readonly rootfs: string;
  readonly uidBase: number;
  readonly init: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Signal that asks init to stop: "SIGTERM", "SIGPWR". */
  readonly stopSignal: "SIGTERM" | "SIGPWR" | "SIGINT";
  /**
   * `idMap`, when given, must be the container's own range. A "shared" bind passes mounts both ways at any time; its source is made a
   * shared mount of its own.
   */
  readonly binds: readonly (Omit<BindDefinition, "target"> & {
    /** Path inside the container, relative to its root. */
    readonly target: string;
  })[];
  readonly network: {
    readonly bridge: string;
    /** Host end of the veth pair, at most 15 characters. */
    readonly hostLink: string;
    /** Address with prefix length. */
    readonly address: string;
    readonly gateway: string;
    readonly mac: string;
  };
  /** Device nodes it may use beside the usual (null, zero, full, random, urandom, tty, pts): "/dev/fuse". */
  readonly devices: readonly string[];
  readonly limits: Limits;
}

export interface ContainerState {
  readonly name: string;
  readonly state: "stopped" | "starting" | "running" | "stopping" | "frozen";
  /** What `create` wrote, as read back from disk; undefined when it is damaged. */
  readonly definition: ContainerDefinition | undefined;
  /** Host pid of init while running. */
  readonly initPid?: number;
  /** RFC 3339 time init began. */
  readonly startedAt?: string;
  /** Starts since `create` was first called for this name; survives the agent. */
  readonly starts: number;
  /** The limits the kernel holds now, as far as they are set; "max" is left out. */
  readonly limits: Limits;
  /** The host end of its link exists and is joined to the bridge. */
  readonly linked: boolean;
  readonly lastExit?: { readonly at: string; readonly description: string };
}

export interface ExecRequest {
  readonly argv: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly directory?: string;
  readonly user?: number;
  readonly input?: Uint8Array;
}

export interface ExecResult {
  readonly code: number;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
}

/**
 * Unprivileged LXC containers. Containers live on when the agent dies; a new agent finds them by name. Errors are HostError.
 */
export interface ContainerHost {
  container(name: string): Promise<ContainerState | undefined>;
  /** Every container of ours on this machine, running or not, also half-made ones. */
  containers(): Promise<readonly string[]>;
  /** Writes the definition, replacing an older one; a running container keeps the old until it is started again. */
  create(definition: ContainerDefinition): Promise<void>;
  /** Answers when init runs. A running container is left. */
  start(name: string): Promise<void>;
  /**
   * Asks init to stop; kills everything in the container after the grace. Answers when all is gone: cgroup, links, and
   * what was mounted below the sources of shared binds since the start, by the container or by the host for it.
   */
  stop(name: string, graceMs: number): Promise<void>;
  setLimits(name: string, limits: Limits): Promise<void>;
  /** Repairs the host end of the container's link (bridge was removed and made again). */
  relink(name: string): Promise<void>;
  /** Removes what `create` and `start` made, and the log. Refuses (`busy`) while it runs. Missing is no error. */
  destroy(name: string): Promise<void>;
  exec(name: string, request: ExecRequest, cancellation: Cancellation): Promise<ExecResult>;
  /** Path of the file with init's output. */
  logPath(name: string): string;
  /** Says "look again" when a container began or ended, or its limits were changed by anybody; coalesced. */
  changes(cancellation: Cancellation): AsyncIterable<void>;
}

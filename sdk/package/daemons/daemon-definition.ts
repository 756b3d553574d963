import type { HealthCheck } from "../health/health-check.ts";

/** A volume of the package seen by a program. */
export interface VolumeMount {
  readonly volume: string;
  /** Absolute path in the image. */
  readonly at: string;
  readonly readOnly?: boolean;
}

/** A program of one of the package's images. */
export interface ProgramDefinition {
  /** Image id. */
  readonly image: string;
  /** Program and arguments. */
  readonly command: readonly string[];
  readonly mounts?: readonly VolumeMount[];
  /** User (and group) name or number, `www:www`; the image's own when not given. */
  readonly user?: string;
  readonly workdir?: string;
  /** Absolute path in the image → text written there before it starts, readable by all of its users. */
  readonly files?: Readonly<Record<string, string>>;
  /** Added to the image's own variables. */
  readonly env?: Readonly<Record<string, string>>;
}

interface Node {
  readonly id: string;
  readonly program: ProgramDefinition;
  /** Ids that must be ready (daemons) or done (oneshots) first. */
  readonly requires?: readonly string[];
  /** How long a stop may take before SIGKILL; 60 000 when not given. */
  readonly stopTimeoutMs?: number;
}
/** Runs until the package is stopped, and is started again when it ends. */
export interface Daemon extends Node {
  readonly kind: "daemon";
  /** What its health check is called for people. */
  readonly display: string;
  readonly ready: HealthCheck;
  /** How long failures count as starting after each start; 10 000 when not given. */
  readonly gracePeriodMs?: number;
}
/** Runs to its end once, before those that require it. */
export interface Oneshot extends Node {
  readonly kind: "oneshot";
}
export type DaemonDefinition = Daemon | Oneshot;

import type { Kind, Progress, Resource } from "@freehold/apis";

/** What a controller may read: only the kinds it declared. Reading another throws OwnershipError. */
export interface World {
  get<R extends Resource>(kind: Kind<R>, name: string, namespace?: string): R | undefined;
  list<R extends Resource>(kind: Kind<R>): readonly R[];
}

/** Names an object of a kind that is known from the place. */
export interface Name {
  readonly name: string;
  readonly namespace?: string | undefined;
}

/** An object a transformer or sensor wants to exist. */
export interface Desired<R extends Resource = Resource> {
  readonly kind: Kind<R>;
  readonly name: string;
  readonly namespace?: string | undefined;
  readonly labels?: Readonly<Record<string, string>>;
  readonly spec: R["spec"];
  /** Only for sensors and kinds without another status writer. */
  readonly status?: NonNullable<R["status"]>;
  /**
   * `own` (default): exactly this spec, deleted when no longer derived. `ensure`: created when missing, then left to people and
   * never deleted with its input.
   */
  readonly hold?: "own" | "ensure";
}

/** Binds kind and spec so that a list of `Desired` of several kinds stays checked. */
export function desired<R extends Resource>(wish: Desired<R>): Desired {
  return wish;
}

/** How things stand, for conditions. */
export type Outcome =
  | { readonly type: "ready"; readonly reason?: string; readonly message?: string }
  | { readonly type: "waiting"; readonly reason: string; readonly message: string }
  | { readonly type: "stalled"; readonly reason: string; readonly message: string };

/** Resources → resources; pure. */
export interface Transformer<In extends Resource> {
  readonly name: string;
  readonly input: Kind<In>;
  readonly outputs: readonly Kind[];
  readonly reads: readonly Kind[];
  /** It gives out something scarce (ports, addresses) by looking at what others have: one input at a time, on a view that holds all its own writes. */
  readonly serial?: boolean;
  /** Inputs to look at again when an object of `reads` or `outputs` changed. Owners of outputs are found without it. */
  touchedBy?(changed: Resource, world: World): readonly Name[];
  derive(input: In, world: World): readonly Desired[];
  /** The input's own status fields and outcome; absent when another controller writes that status. */
  summarise?(input: In, world: World): { readonly status: object; readonly outcome: Outcome };
  /** Objects held by `ensure` that must go with the input when it is deleted. */
  release?(input: In, world: World): readonly { readonly kind: Kind; readonly name: Name }[];
}

export type Goal<R> =
  | { readonly want: "present"; readonly resource: R }
  | { readonly want: "absent"; readonly resource: R };

export type Plan<Step> =
  | { readonly type: "settled"; readonly reason?: string; readonly message?: string }
  | { readonly type: "steps"; readonly steps: readonly [Step, ...Step[]]; readonly reason?: string }
  | {
      readonly type: "waiting";
      readonly reason: string;
      readonly message: string;
      readonly retryAfterMs?: number;
    }
  | { readonly type: "stalled"; readonly reason: string; readonly message: string };

/** `settled` for no steps, else the steps. */
export function toPlan<Step>([first, ...rest]: readonly Step[]): Plan<Step> {
  return first === undefined ? { type: "settled" } : { type: "steps", steps: [first, ...rest] };
}

/** What a running step may use. */
export interface StepContext {
  /** Aborts at the deadline, at shutdown, and when the object is deleted while it is being made. */
  readonly signal: AbortSignal;
  /** Writes `status.progress`, at most once a second. */
  progress(progress: Progress): void;
}

/** Resource → machine. */
export interface Realizer<R extends Resource, Host, Observed, Step extends { readonly do: string }> {
  /** Also its finalizer and field manager: `storage.volume`. */
  readonly name: string;
  readonly kind: Kind<R>;
  readonly reads?: readonly Kind[];
  /** Whether this engine is to realise the object; for machine shards. Default: all. */
  concerns?(resource: R): boolean;
  touchedBy?(changed: Resource, world: World): readonly Name[];
  /** Reads, never writes. */
  observe(resource: R, host: Host, world: World): Promise<Observed>;
  /** Pure. */
  plan(goal: Goal<R>, observed: Observed): Plan<Step>;
  /** One step: idempotent, may be interrupted anywhere. */
  apply(step: Step, host: Host, context: StepContext): Promise<void>;
  /** Own status fields; pure. */
  status(resource: R, observed: Observed): object;
  /** Milliseconds a step may take; default two minutes. */
  deadlineMs?(step: Step): number;
  /** The fact that made the step needed, for a DriftRepaired event; undefined for steps that repair nothing. Default: the step's `do`. */
  fact?(step: Step): string | undefined;
  /**
   * Steps that remove what is on the machine and belongs to no object of `kind`; asked at the start and at each resync. Must look
   * at the machine first and at the world after, so that what is just being made for a new object is not taken for an orphan.
   */
  orphans?(host: Host, world: World): Promise<readonly Step[]>;
  /** "Look again" at every object, whenever the machine says something changed. */
  wakes?(host: Host, signal: AbortSignal): AsyncIterable<void>;
}

/** Machine → resources. */
export interface Sensor<Host> {
  readonly name: string;
  readonly outputs: readonly Kind[];
  changes(host: Host, signal: AbortSignal): AsyncIterable<void>;
  sense(host: Host): Promise<readonly Desired[]>;
}

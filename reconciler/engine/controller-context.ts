import type { CacheSet } from "./cache-set.ts";
import type { Clock } from "./clock.ts";
import type { EventRecorder } from "./event-recorder.ts";
import type { ResourceWriter } from "./resource-writer.ts";

/** What the engine lends a running controller. */
export interface ControllerContext {
  readonly clock: Clock;
  readonly caches: CacheSet;
  readonly writer: ResourceWriter;
  readonly events: EventRecorder;
  /** Aborts at shutdown. */
  readonly signal: AbortSignal;
  /** Something went wrong that nobody foresaw. */
  readonly onBug: (controller: string, key: string, error: unknown) => void;
  /** Something on the machine belonged to no object and was removed; `step` says how. */
  readonly onOrphan: (controller: string, step: object) => void;
}

/** What the queue is to do with a key after a pass. */
export type PassResult =
  | { readonly next: "done" }
  /** At once, because there is more to do or a newer wish. */
  | { readonly next: "again" }
  /** After a failure, each time later. */
  | { readonly next: "backoff" }
  | { readonly next: "later"; readonly afterMs: number };

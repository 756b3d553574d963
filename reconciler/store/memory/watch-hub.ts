import type { Batch, Change, Revision } from "../backend.ts";
import { StoreError } from "../errors.ts";

/** Batches a watcher may be behind. They share their values with the store, so a full backlog is mostly pointers. */
export const MAX_BACKLOG = 50_000;

interface Follower {
  readonly prefix: string;
  readonly after: Revision;
  live: Batch[];
  overflowed: boolean;
  wake: () => void;
}

/** Fans committed batches out to watchers. A watcher that does not read is cut off instead of slowing writers down. */
export class WatchHub {
  readonly #followers = new Set<Follower>();
  readonly #maxBacklog: number;
  #closed = false;

  constructor(maxBacklog: number = MAX_BACKLOG) {
    this.#maxBacklog = maxBacklog;
  }

  publish(batch: Batch): void {
    for (const follower of this.#followers) {
      if (batch.revision <= follower.after || follower.overflowed) continue;
      const changes = batch.changes.filter((change) => keyOf(change).startsWith(follower.prefix));
      if (changes.length === 0) continue;
      follower.live.push({ revision: batch.revision, changes });
      if (follower.live.length > this.#maxBacklog) {
        follower.overflowed = true;
        // It will have to begin anew anyway; what it missed need not stay in memory.
        follower.live = [];
      }
      follower.wake();
    }
  }

  /** History first, then what is published from now on above `after`. */
  async *follow(
    { prefix, after, history }: { prefix: string; after: Revision; history: readonly Batch[] },
    signal: AbortSignal,
  ): AsyncGenerator<Batch> {
    const follower: Follower = { prefix, after, live: [], overflowed: false, wake: () => undefined };
    this.#followers.add(follower);
    const onAbort = (): void => follower.wake();
    signal.addEventListener("abort", onAbort);
    try {
      for (const batch of history) {
        if (signal.aborted || this.#closed) return;
        yield batch;
      }
      yield* this.#drain(follower, signal);
    } finally {
      this.#followers.delete(follower);
      signal.removeEventListener("abort", onAbort);
    }
  }

  /** Ends all watches, as if each had been aborted. */
  close(): void {
    this.#closed = true;
    for (const follower of this.#followers) follower.wake();
  }

  async *#drain(follower: Follower, signal: AbortSignal): AsyncGenerator<Batch> {
    const isOver = (): boolean => signal.aborted || this.#closed;
    while (!isOver()) {
      const ready = follower.live;
      follower.live = [];
      for (const batch of ready) {
        if (isOver() || follower.overflowed) break;
        yield batch;
      }
      if (isOver()) return;
      if (follower.overflowed) {
        const message = `Cannot go on with the watch of "${follower.prefix}": it fell behind`;
        throw new StoreError("SlowConsumer", message);
      }
      if (follower.live.length > 0) continue;
      await new Promise<void>((resolve) => {
        follower.wake = resolve;
      });
    }
  }
}

function keyOf(change: Change): string {
  return change.type === "put" ? change.entry.key : change.key;
}

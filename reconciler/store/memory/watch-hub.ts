import type { Batch, Change } from "../backend.ts";
import { StoreError } from "../errors.ts";

const MAX_BACKLOG = 100_000;

interface Follower {
  readonly prefix: string;
  readonly backlog: Batch[];
  overflowed: boolean;
  wake: () => void;
}

/** Fans committed batches out to watchers. A watcher that does not read is cut off instead of slowing writers down. */
export class WatchHub {
  readonly #followers = new Set<Follower>();
  #closed = false;

  publish(batch: Batch): void {
    for (const follower of this.#followers) {
      const changes = batch.changes.filter((change) => keyOf(change).startsWith(follower.prefix));
      if (changes.length === 0) continue;
      if (follower.backlog.length >= MAX_BACKLOG) follower.overflowed = true;
      else follower.backlog.push({ revision: batch.revision, changes });
      follower.wake();
    }
  }

  /** History first, then what is published from now on. */
  async *follow(prefix: string, history: readonly Batch[], signal: AbortSignal): AsyncGenerator<Batch> {
    const follower: Follower = { prefix, backlog: [...history], overflowed: false, wake: () => undefined };
    this.#followers.add(follower);
    const onAbort = (): void => follower.wake();
    signal.addEventListener("abort", onAbort);
    try {
      yield* this.#drain(follower, signal);
    } finally {
      this.#followers.delete(follower);
      signal.removeEventListener("abort", onAbort);
    }
  }

  close(): void {
    this.#closed = true;
    for (const follower of this.#followers) follower.wake();
  }

  async *#drain(follower: Follower, signal: AbortSignal): AsyncGenerator<Batch> {
    while (!signal.aborted && !this.#closed) {
      const batch = follower.backlog.shift();
      if (batch) {
        yield batch;
      } else if (follower.overflowed) {
        throw new StoreError(
          "SlowConsumer",
          `Cannot go on with the watch of "${follower.prefix}": it fell behind`,
        );
      } else {
        await new Promise<void>((resolve) => {
          follower.wake = resolve;
        });
      }
    }
  }
}

function keyOf(change: Change): string {
  return change.type === "put" ? change.entry.key : change.key;
}

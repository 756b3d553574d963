import type { Cancellation, Host, ImageSource } from "../index.ts";

/** What a suite runs on: a machine with nothing of ours on it. Disposing removes everything again. */
export interface ConformanceSetup extends AsyncDisposable {
  readonly host: Host;
  /** An existing empty folder. */
  readonly folder: string;
  /** A filesystem image, whose `/init` says "init runs", and ends on SIGTERM. */
  readonly image: ImageSource;
  /** A name for a bridge that nobody uses, and its network. */
  readonly bridge: string;
  /** Files that can be imported; `corrupt` has an entry "javascript.squashfs" that was changed. */
  readonly archives: {
    readonly good: string;
    readonly corrupt: string;
    readonly rootHash: string;
    /** What `good` holds. */
    readonly bytes: Uint8Array;
  };
  /** Sets limits behind the host's back. */
  changeLimits(container: string, memoryBytes: number): Promise<void>;
  /** Ends the container as if by itself. */
  crash(container: string): Promise<void>;
  /** Adds a rule to a packet table behind the host's back. */
  tamper(table: string): Promise<void>;
  /** A runtime that answers calls with what the function answers, until disposed. */
  runRuntime(
    directory: string,
    answer: (method: string, params: unknown) => Promise<unknown>,
  ): Promise<AsyncDisposable>;
  /** An effect call as from inside the container. Rejects with the error's message. */
  callEffect(directory: string, method: string, params: unknown): Promise<unknown>;
}

export type CreateSetup = () => Promise<ConformanceSetup>;

/** A cancellation for a test; suites are free of DOM and Node. */
export function newCancellation(): Cancellation & { cancel(): void } {
  const listeners = new Set<() => void>();
  let aborted = false;
  return {
    get aborted() {
      return aborted;
    },
    addEventListener: (_, listener) => void listeners.add(listener),
    removeEventListener: (_, listener) => void listeners.delete(listener),
    cancel() {
      aborted = true;
      for (const listener of listeners) listener();
    },
  };
}

/** Waits until the feed says "look again" and the look finds what it should; the feed is then ended. */
export async function seenThrough(
  changes: (cancellation: Cancellation) => AsyncIterable<void>,
  act: () => Promise<void>,
  holds: () => Promise<boolean>,
): Promise<void> {
  const cancellation = newCancellation();
  const feed = changes(cancellation)[Symbol.asyncIterator]();
  // The first look begins to listen.
  let next = feed.next();
  await act();
  while (!(await holds())) {
    await next;
    next = feed.next();
  }
  cancellation.cancel();
  await next;
}

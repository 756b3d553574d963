import type { Cancellation } from "@freehold/agent-ports";

/**
 * An endless "look again" from a callback. Any number of calls while nobody reads become one, so a storm of events costs its reader
 * one look. Ends when cancelled or when the reader stops.
 */
export async function* lookAgain(
  cancellation: Cancellation,
  subscribe: (notify: () => void) => Disposable,
): AsyncGenerator<void> {
  if (cancellation.aborted) return;
  let pending = false;
  let wake = (): void => undefined;
  const notify = (): void => {
    pending = true;
    wake();
  };
  const stop = (): void => wake();
  const subscription = subscribe(notify);
  cancellation.addEventListener("abort", stop);
  try {
    while (!cancellation.aborted) {
      if (pending) {
        pending = false;
        yield;
        continue;
      }
      await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    cancellation.removeEventListener("abort", stop);
    subscription[Symbol.dispose]();
  }
}

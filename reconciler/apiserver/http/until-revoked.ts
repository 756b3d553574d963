import type { Revocations } from "../auth/revocations.ts";
import type { Reply } from "./reply.ts";

type Stream = NonNullable<Reply["stream"]>;

/**
 * A stream that ends when its reader may no longer see it: who is signed out, or loses a right, stops seeing at once and not only when
 * the watch would have ended by itself.
 */
export function untilRevoked(
  stream: Stream,
  revocations: Revocations,
  isStillAllowed: () => Promise<boolean>,
): Stream {
  return async (sink, gone) => {
    const end = new AbortController();
    const stop = (): void => end.abort();
    const look = coalesced(async () => {
      if (!(await isStillAllowed())) stop();
    });
    gone.addEventListener("abort", stop);
    if (gone.aborted) stop();
    const unsubscribe = revocations.subscribe(look);
    try {
      await stream(sink, end.signal);
    } finally {
      unsubscribe();
      gone.removeEventListener("abort", stop);
    }
  };
}

/** Never twice at once, and once more when it was asked for meanwhile. */
function coalesced(work: () => Promise<void>): () => void {
  let isRunning = false;
  let isWanted = false;
  const run = async (): Promise<void> => {
    isRunning = true;
    while (isWanted) {
      isWanted = false;
      await work();
    }
    isRunning = false;
  };
  return () => {
    isWanted = true;
    if (!isRunning) void run();
  };
}

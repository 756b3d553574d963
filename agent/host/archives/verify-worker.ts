import { parentPort, workerData } from "node:worker_threads";

import { ArchiveError, verifyArchiveFile } from "@freehold/s9pk";

/** What the worker says: where it is, or how it ended. */
export type VerifyMessage =
  | { readonly done: number; readonly total: number }
  | { readonly verified: true }
  | { readonly refused: string; readonly path: string };

const PROGRESS_EVERY_BYTES = 4 << 20;

/** Hashing takes a whole core for seconds, so it has a thread of its own. `workerData` is the path. */
async function verify(path: string): Promise<VerifyMessage> {
  let told = 0;
  try {
    await verifyArchiveFile(path, undefined, {
      onProgress: ({ done, total }) => {
        if (done - told < PROGRESS_EVERY_BYTES && done < total) return;
        told = done;
        say({ done, total });
      },
    });
    return { verified: true };
  } catch (error) {
    if (error instanceof ArchiveError) return { refused: error.message, path: error.path };
    throw error;
  }
}

function say(message: VerifyMessage): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  parentPort?.postMessage(message);
}

// Without top-level await, which CommonJS has not: the daemons are bundled as that. A failure ends the thread with its error.
void verify(String(workerData)).then(say);

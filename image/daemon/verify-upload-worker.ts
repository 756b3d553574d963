import { parentPort, workerData } from "node:worker_threads";

import { ArchiveError, verifyArchiveFile } from "@freehold/s9pk";

/** What the worker says: where it is, or how it ended. */
export type UploadVerdict =
  | { readonly done: number }
  | { readonly rootHash: string }
  | { readonly refused: string };

const PROGRESS_EVERY_BYTES = 8 << 20;

/** Hashing takes a whole core for seconds. `workerData` is the path. */
async function verify(path: string): Promise<UploadVerdict> {
  let told = 0;
  try {
    const { rootHash } = await verifyArchiveFile(path, undefined, {
      onProgress: ({ done }) => {
        if (done - told < PROGRESS_EVERY_BYTES) return;
        told = done;
        say({ done });
      },
    });
    return { rootHash: Buffer.from(rootHash).toString("hex") };
  } catch (error) {
    if (error instanceof ArchiveError) return { refused: error.message };
    throw error;
  }
}

function say(verdict: UploadVerdict): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  parentPort?.postMessage(verdict);
}

// Without top-level await, which CommonJS has not: the daemons are bundled as that. A failure ends the thread with its error.
void verify(String(workerData)).then(say);

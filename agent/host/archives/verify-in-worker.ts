import { Worker } from "node:worker_threads";

import { type Cancellation, HostError } from "@freehold/agent-ports";

import type { VerifyMessage } from "./verify-worker.ts";

/** Runs from source in development and from dist otherwise. */
const isSource = import.meta.url.endsWith(".ts");

/** Verifies every byte of an archive file. Throws `invalid` with the bad entry's path, `interrupted` when cancelled. */
export async function verifyInWorker(
  path: string,
  cancellation: Cancellation,
  onProgress: (done: number, total: number) => void,
): Promise<void> {
  if (cancellation.aborted) throw cancelled(path);
  const worker = new Worker(new URL(`./verify-worker.${isSource ? "ts" : "js"}`, import.meta.url), {
    workerData: path,
    execArgv: isSource ? ["--conditions=@freehold/source"] : [],
  });
  const cancel = (): void => void worker.terminate();
  cancellation.addEventListener("abort", cancel);
  try {
    await new Promise<void>((resolve, reject) => {
      worker.on("message", (message: VerifyMessage) => {
        if ("done" in message) onProgress(message.done, message.total);
        else if ("verified" in message) resolve();
        else reject(new HostError("invalid", message.refused));
      });
      worker.once("error", reject);
      worker.once("exit", () => reject(cancelled(path)));
    });
  } finally {
    cancellation.removeEventListener("abort", cancel);
    await worker.terminate();
  }
}

function cancelled(path: string): HostError {
  return new HostError("interrupted", `Cannot verify "${path}": cancelled`);
}

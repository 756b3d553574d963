import { Worker } from "node:worker_threads";

import type { VerifyArchive } from "@freehold/apiserver";

import type { UploadVerdict } from "./verify-upload-worker.ts";

/** Runs from source in development and from dist otherwise. */
const isSource = import.meta.url.endsWith(".ts");

/** Verifies an upload in a thread of its own. Throws when that ends without a verdict, as it does when the signal aborts. */
export const verifyUpload: VerifyArchive = async (path, { signal, onProgress }) => {
  signal.throwIfAborted();
  const worker = new Worker(new URL(`./verify-upload-worker.${isSource ? "ts" : "js"}`, import.meta.url), {
    workerData: path,
    execArgv: isSource ? ["--conditions=@freehold/source"] : [],
  });
  const cancel = (): void => void worker.terminate();
  signal.addEventListener("abort", cancel);
  try {
    return await new Promise((resolve, reject) => {
      worker.on("message", (message: UploadVerdict) => {
        if ("done" in message) onProgress(message.done);
        else resolve(message);
      });
      worker.once("error", reject);
      worker.once("exit", () => reject(new Error(`Cannot verify "${path}": the thread ended`)));
    });
  } finally {
    signal.removeEventListener("abort", cancel);
    await worker.terminate();
  }
};

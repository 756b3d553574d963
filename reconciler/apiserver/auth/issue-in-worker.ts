import { Worker } from "node:worker_threads";

import type { PemPair } from "./issue-certificate.ts";
import type { IssueRequest } from "./issue-worker.ts";

/** Issues in a thread that ends with it: the certificate library takes megabytes, and is wanted at the first start and once a year. */
export async function issueInWorker(request: IssueRequest): Promise<PemPair> {
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const worker = new Worker(new URL(`./issue-worker.${extension}`, import.meta.url), {
    workerData: request,
    execArgv: [],
  });
  try {
    return await new Promise((resolve, reject) => {
      worker.once("message", resolve);
      worker.once("error", reject);
      worker.once("exit", () => reject(new Error("Cannot issue a certificate: the thread ended")));
    });
  } finally {
    await worker.terminate();
  }
}

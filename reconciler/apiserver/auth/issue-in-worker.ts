import { Worker } from "node:worker_threads";

import type { PemPair } from "./issue-certificate.ts";
import type { IssueRequest } from "./issue-worker.ts";

/** A first start wants three certificates in a row, and loading the library takes most of the time. */
const IDLE_MS = 3000;

let current: { readonly worker: Worker; users: number; timer: NodeJS.Timeout | undefined } | undefined;

/** Issues in a thread that ends when it was idle for a while: the certificate library takes megabytes, and is wanted once a year. */
export async function issueInWorker(request: IssueRequest): Promise<PemPair> {
  const thread = (current ??= { worker: startWorker(), users: 0, timer: undefined });
  clearTimeout(thread.timer);
  thread.users += 1;
  thread.worker.ref();
  try {
    return await ask(thread.worker, request);
  } catch (error) {
    // A failure has ended it; the next one begins anew.
    if (current === thread) current = undefined;
    throw error;
  } finally {
    thread.users -= 1;
    if (thread.users === 0) {
      // An idle one keeps no process alive.
      thread.worker.unref();
      thread.timer = setTimeout(() => end(thread.worker), IDLE_MS).unref();
    }
  }
}

function startWorker(): Worker {
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const worker = new Worker(new URL(`./issue-worker.${extension}`, import.meta.url), { execArgv: [] });
  worker.setMaxListeners(0);
  return worker;
}

function end(worker: Worker): void {
  if (current?.worker === worker) current = undefined;
  void worker.terminate();
}

let asked = 0;

function ask(worker: Worker, request: IssueRequest): Promise<PemPair> {
  asked += 1;
  const id = asked;
  return new Promise((resolve, reject) => {
    const done = (): void => {
      worker.off("message", hear).off("error", fail).off("exit", leave);
    };
    const hear = (answer: { readonly id: number; readonly pair: PemPair }): void => {
      if (answer.id !== id) return;
      done();
      resolve(answer.pair);
    };
    const fail = (error: Error): void => {
      done();
      reject(error);
    };
    const leave = (): void => fail(new Error("Cannot issue a certificate: the thread ended"));
    worker.on("message", hear).on("error", fail).on("exit", leave);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    worker.postMessage({ id, request });
  });
}

import { once } from "node:events";
import { Worker } from "node:worker_threads";

import { StoreError } from "../errors.ts";
import type { WriterHello, WriterReply, WriterRequest } from "./messages.ts";
import type { Row } from "./rows.ts";

interface Waiting {
  resolve(reply: WriterReply): void;
  reject(error: Error): void;
}

/** The writer thread, seen from the main thread. */
export class StoreWriter {
  readonly #worker: Worker;
  readonly #onLost: (error: StoreError) => void;
  #waiting: Waiting[] = [];
  #lost: StoreError | undefined;

  private constructor(worker: Worker, onLost: (error: StoreError) => void) {
    this.#worker = worker;
    this.#onLost = onLost;
    worker.on("message", (reply: WriterReply) => this.#waiting.shift()?.resolve(reply));
    worker.on("error", (error) => this.#lose(error));
    worker.on("exit", (code) => this.#lose(new Error(`the thread ended with ${code}`)));
  }

  /** Opens the file in a thread of its own. `onLost` hears when that thread is gone without having been closed. Throws StoreError. */
  static async open(
    file: string,
    onLost: (error: StoreError) => void,
  ): Promise<{ readonly writer: StoreWriter; readonly revision: number; readonly compacted: number }> {
    const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
    const worker = new Worker(new URL(`./writer-worker.${extension}`, import.meta.url), {
      workerData: file,
      execArgv: [],
    });
    const hello = await helloOf(worker, file);
    if ("error" in hello) {
      await worker.terminate();
      throw new StoreError(hello.error.code, hello.error.message);
    }
    return { writer: new StoreWriter(worker, onLost), ...hello.opened };
  }

  /** What the file held when it was opened, in slices. Throws StoreError `Corrupt`. */
  async *load(): AsyncGenerator<readonly Row[]> {
    for (;;) {
      const { rows = [] } = await this.ask({ type: "load" });
      if (rows.length === 0) return;
      yield rows;
    }
  }

  /** Resolves when it is durable. Throws StoreError `NoSpace` when nothing was written, `Unavailable` when that is unknown. */
  async ask(request: WriterRequest): Promise<WriterReply> {
    if (this.#lost) throw this.#lost;
    const reply = await new Promise<WriterReply>((resolve, reject) => {
      this.#worker.postMessage(request);
      this.#waiting.push({ resolve, reject });
    });
    if (reply.error) throw new StoreError(reply.error.code, reply.error.message);
    return reply;
  }

  /** After everything asked so far. */
  async close(): Promise<void> {
    if (this.#lost) return;
    try {
      await this.ask({ type: "close" });
    } finally {
      this.#lost ??= new StoreError("Unavailable", "Cannot write: the store is closed");
      await this.#worker.terminate();
    }
  }

  /** Ends the thread at once, as a crash of it would; for tests. */
  async kill(): Promise<void> {
    await this.#worker.terminate();
  }

  #lose(cause: unknown): void {
    if (this.#lost) return;
    this.#lost = new StoreError("Unavailable", "Cannot write: the store's writer is gone", { cause });
    for (const { reject } of this.#waiting.splice(0)) reject(this.#lost);
    this.#onLost(this.#lost);
  }
}

async function helloOf(worker: Worker, file: string): Promise<WriterHello> {
  const ended = new AbortController();
  try {
    const found = await Promise.race([
      once(worker, "message", { signal: ended.signal }),
      once(worker, "exit", { signal: ended.signal }).then(() => undefined),
    ]);
    if (found) return found[0];
  } catch (cause) {
    throw new StoreError("Unavailable", `Cannot open the store "${file}": its thread failed`, { cause });
  } finally {
    ended.abort();
  }
  throw new StoreError("Unavailable", `Cannot open the store "${file}": its thread ended`);
}

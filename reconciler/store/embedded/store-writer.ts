import { Worker } from "node:worker_threads";

import { StoreError, type StoreErrorCode } from "../errors.ts";
import type { Loaded } from "./database.ts";
import type { WriterReply, WriterRequest } from "./rows.ts";

type Ask<R> = R extends WriterRequest ? Omit<R, "id"> : never;

interface Waiting {
  resolve(): void;
  reject(error: Error): void;
}

/** The writer thread, seen from the main thread. */
export class StoreWriter {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;
  #lost: StoreError | undefined;

  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.on("message", (reply: WriterReply) => this.#settle(reply));
    worker.on("error", (error) => this.#lose(error));
    worker.on("exit", (code) => this.#lose(new Error(`the writer ended with ${code}`)));
  }

  /** Opens the file in a thread of its own. Throws StoreError. */
  static async open(file: string): Promise<{ readonly writer: StoreWriter; readonly loaded: Loaded }> {
    const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
    const worker = new Worker(new URL(`./writer-worker.${extension}`, import.meta.url), {
      workerData: file,
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: 256 },
    });
    const first = await new Promise<{ loaded?: Loaded; failed?: { code: StoreErrorCode; message: string } }>(
      (resolve, reject) => {
        worker.once("message", resolve);
        worker.once("error", reject);
      },
    );
    if (!first.loaded) {
      await worker.terminate();
      const { code, message } = first.failed ?? { code: "Unavailable", message: "the writer did not start" };
      throw new StoreError(code, message);
    }
    return { writer: new StoreWriter(worker), loaded: first.loaded };
  }

  /** Resolves when it is durable. Throws StoreError; after that nothing more can be written. */
  async ask(request: Ask<WriterRequest>): Promise<void> {
    if (this.#lost) throw this.#lost;
    const id = this.#nextId;
    this.#nextId += 1;
    await new Promise<void>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ ...request, id });
    });
  }

  async close(): Promise<void> {
    if (this.#lost) return;
    await this.ask({ type: "close" });
    await this.#worker.terminate();
  }

  #settle({ id, error }: WriterReply): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (!error) waiting?.resolve();
    else waiting?.reject(new StoreError(error.code === "NoSpace" ? "NoSpace" : "Unavailable", error.message));
  }

  #lose(cause: unknown): void {
    this.#lost ??= new StoreError("Unavailable", "Cannot write: the store's writer is gone", { cause });
    for (const { reject } of this.#waiting.values()) reject(this.#lost);
    this.#waiting.clear();
  }
}

import type { ControllerContext, PassResult } from "./controller-context.ts";
import { remedyOf } from "./errors.ts";
import { pause } from "./pause.ts";
import type { WorkQueue } from "./work-queue.ts";

const RESYNC_MS = 600_000;
/** The watch that brings the newer view also brings the key; this is for when it came before the refusal did. */
const AFTER_CONFLICT_MS = 20;
/** Key of the look for orphans: no object is called so. */
const ORPHANS = "";

/** A controller with its types tied up: what the engine runs. */
export interface Runnable {
  readonly name: string;
  /** Keys of everything it is to look at. */
  keys(): readonly string[];
  pass(key: string, failures: number): Promise<PassResult>;
  /** Removes what belongs to no object. */
  sweep?(): Promise<PassResult>;
}

/** Runs passes from a queue until the queue closes; one failing key never stops its siblings. */
export class ControllerRunner {
  readonly #runnable: Runnable;
  readonly #queue: WorkQueue;
  readonly #context: ControllerContext;

  constructor(runnable: Runnable, queue: WorkQueue, context: ControllerContext) {
    this.#runnable = runnable;
    this.#queue = queue;
    this.#context = context;
  }

  /** Ends when the queue is closed and the context's signal aborted. */
  async run(workers: number): Promise<void> {
    this.#lookAtEverything();
    await Promise.all([this.#queue.run(workers, (key) => this.#once(key)), this.#resync()]);
  }

  lookAtAll(): void {
    for (const key of this.#runnable.keys()) this.#queue.add(key, "bulk");
  }

  #lookAtEverything(): void {
    if (this.#runnable.sweep) this.#queue.add(ORPHANS, "bulk");
    this.lookAtAll();
  }

  /** A net, not a mechanism: what it finds, a watch should have brought. */
  async #resync(): Promise<void> {
    const { clock, signal } = this.#context;
    while (!signal.aborted) {
      // Jitter keeps the controllers of many machines apart.
      await pause(clock, RESYNC_MS * (1 + Math.random() / 10), signal);
      this.#lookAtEverything();
    }
  }

  async #once(key: string): Promise<void> {
    const result = await this.#tryPass(key);
    switch (result.next) {
      case "done":
        this.#queue.succeed(key);
        return;
      case "again":
        this.#queue.add(key);
        return;
      case "later":
        this.#queue.succeed(key);
        this.#queue.addAfter(key, result.afterMs);
        return;
      case "backoff":
        this.#queue.retry(key);
    }
  }

  async #tryPass(key: string): Promise<PassResult> {
    try {
      return key === ORPHANS && this.#runnable.sweep
        ? await this.#runnable.sweep()
        : await this.#runnable.pass(key, this.#queue.failures(key));
    } catch (error) {
      if (this.#context.signal.aborted) return { next: "done" };
      const remedy = remedyOf(error);
      if (remedy === "again") return { next: "later", afterMs: AFTER_CONFLICT_MS };
      if (remedy === "bug") this.#context.onBug(this.#runnable.name, key, error);
      return { next: "backoff" };
    }
  }
}

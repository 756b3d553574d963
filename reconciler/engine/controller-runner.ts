import type { ControllerContext, PassResult } from "./controller-context.ts";
import { remedyOf } from "./errors.ts";
import type { WorkQueue } from "./work-queue.ts";

const RESYNC_MS = 600_000;

/** A controller with its types tied up: what the engine runs. */
export interface Runnable {
  readonly name: string;
  /** Keys of everything it is to look at. */
  keys(): readonly string[];
  pass(key: string, failures: number): Promise<PassResult>;
}

/** Runs passes from a queue until the queue closes; one failing key never stops its siblings. */
export class ControllerRunner {
  readonly #runnable: Runnable;
  readonly #queue: WorkQueue;
  readonly #context: ControllerContext;
  readonly #failures = new Map<string, number>();

  constructor(runnable: Runnable, queue: WorkQueue, context: ControllerContext) {
    this.#runnable = runnable;
    this.#queue = queue;
    this.#context = context;
  }

  async run(workers: number): Promise<void> {
    this.lookAtAll();
    this.#scheduleResync();
    await this.#queue.run(workers, (key) => this.#once(key));
  }

  lookAtAll(): void {
    for (const key of this.#runnable.keys()) this.#queue.add(key, "bulk");
  }

  /** A net, not a mechanism: what it finds, a watch should have brought. */
  #scheduleResync(): void {
    const jitter = 1 + Math.random() / 10;
    this.#context.clock.after(RESYNC_MS * jitter, () => {
      if (this.#context.signal.aborted) return;
      this.lookAtAll();
      this.#scheduleResync();
    });
  }

  async #once(key: string): Promise<void> {
    const result = await this.#tryPass(key);
    switch (result.next) {
      case "done":
        this.#succeed(key);
        return;
      case "again":
        this.#queue.add(key);
        return;
      case "later":
        this.#succeed(key);
        this.#queue.addAfter(key, result.afterMs);
        return;
      case "backoff":
        this.#failures.set(key, this.#queue.retry(key));
    }
  }

  async #tryPass(key: string): Promise<PassResult> {
    try {
      return await this.#runnable.pass(key, this.#failures.get(key) ?? 0);
    } catch (error) {
      if (this.#context.signal.aborted) return { next: "done" };
      const remedy = remedyOf(error);
      if (remedy === "again") return { next: "later", afterMs: 20 };
      if (remedy === "bug") this.#context.onBug(this.#runnable.name, key, error);
      return { next: "backoff", error };
    }
  }

  #succeed(key: string): void {
    this.#failures.delete(key);
    this.#queue.succeed(key);
  }
}

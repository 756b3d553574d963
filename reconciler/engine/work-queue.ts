import type { Clock } from "./clock.ts";

const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 60_000;

export interface WorkQueueOptions {
  readonly clock: Clock;
  /** 0 ≤ random < 1; for jitter. */
  readonly random?: () => number;
}

/**
 * Keys waiting for a worker. A key is queued once, is never worked on twice at a time, and runs again when it is touched while
 * running. Live changes come before keys queued in bulk (the initial list, resyncs).
 */
export class WorkQueue {
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #urgent = new Set<string>();
  readonly #bulk = new Set<string>();
  readonly #running = new Set<string>();
  readonly #touched = new Set<string>();
  readonly #delayed = new Map<string, { readonly at: number; readonly timer: Disposable }>();
  readonly #failures = new Map<string, number>();
  readonly #idle: (() => void)[] = [];
  #wake: (() => void)[] = [];
  #closed = false;

  constructor(options: WorkQueueOptions) {
    this.#clock = options.clock;
    this.#random = options.random ?? Math.random;
  }

  /** How often the key has failed in a row. */
  failures(key: string): number {
    return this.#failures.get(key) ?? 0;
  }

  /** Keys waiting or running; delayed ones do not count. */
  get size(): number {
    return this.#urgent.size + this.#bulk.size + this.#running.size;
  }

  add(key: string, priority: "urgent" | "bulk" = "urgent"): void {
    if (this.#closed) return;
    if (this.#running.has(key)) {
      this.#touched.add(key);
      return;
    }
    if (priority === "urgent") {
      this.#bulk.delete(key);
      this.#urgent.add(key);
    } else if (!this.#urgent.has(key)) {
      this.#bulk.add(key);
    }
    this.#wake.shift()?.();
  }

  /** Adds the key later; of several delays the earliest counts. */
  addAfter(key: string, delayMs: number): void {
    const at = this.#clock.now() + delayMs;
    const known = this.#delayed.get(key);
    if (this.#closed || (known && known.at <= at)) return;
    known?.timer[Symbol.dispose]();
    const timer = this.#clock.after(delayMs, () => {
      this.#delayed.delete(key);
      this.add(key);
    });
    this.#delayed.set(key, { at, timer });
  }

  /** Adds the key after its own exponential backoff, 0.1 to 60 s with jitter; counted in `failures`. */
  retry(key: string): void {
    const failures = this.failures(key) + 1;
    this.#failures.set(key, failures);
    const delay = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (failures - 1));
    this.addAfter(key, delay * (0.75 + this.#random() / 2));
  }

  /** Ends the key's backoff. */
  succeed(key: string): void {
    this.#failures.delete(key);
  }

  /** Works until closed, up to `workers` keys at a time. The handler must not throw. */
  async run(workers: number, handle: (key: string) => Promise<void>): Promise<void> {
    await Promise.all(Array.from({ length: workers }, () => this.#work(handle)));
  }

  /** Resolves when nothing waits or runs (delayed keys aside). */
  async idle(): Promise<void> {
    if (this.size === 0) return;
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  close(): void {
    this.#closed = true;
    for (const { timer } of this.#delayed.values()) timer[Symbol.dispose]();
    this.#delayed.clear();
    this.#urgent.clear();
    this.#bulk.clear();
    this.#touched.clear();
    this.#tellIdle();
    for (const wake of this.#wake.splice(0)) wake();
  }

  async #work(handle: (key: string) => Promise<void>): Promise<void> {
    while (!this.#closed) {
      const key = this.#take();
      if (key === undefined) {
        await new Promise<void>((resolve) => this.#wake.push(resolve));
        continue;
      }
      await handle(key);
      this.#finish(key);
    }
  }

  #take(): string | undefined {
    for (const waiting of [this.#urgent, this.#bulk]) {
      for (const key of waiting) {
        waiting.delete(key);
        this.#running.add(key);
        return key;
      }
    }
    return undefined;
  }

  #finish(key: string): void {
    this.#running.delete(key);
    if (this.#touched.delete(key)) this.add(key);
    this.#tellIdle();
  }

  #tellIdle(): void {
    if (this.size === 0) for (const resolve of this.#idle.splice(0)) resolve();
  }
}

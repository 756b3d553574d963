import { setImmediate } from "node:timers/promises";

import type { Clock } from "../clock.ts";

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/** Time that stands until a test moves it. Begins at 2026-01-02T03:04:05Z. */
export class FakeClock implements Clock {
  #now = Date.UTC(2026, 0, 2, 3, 4, 5);
  readonly #timers = new Set<Timer>();

  now(): number {
    return this.#now;
  }

  after(delayMs: number, callback: () => void): Disposable {
    const timer = { at: this.#now + delayMs, callback };
    this.#timers.add(timer);
    return { [Symbol.dispose]: () => void this.#timers.delete(timer) };
  }

  /** Timers that wait; 0 after everything was stopped in order. */
  get waiting(): number {
    return this.#timers.size;
  }

  /** Lets what is ready run, then moves time from timer to timer, letting everything run after each. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await turn();
    for (let next = this.#next(end); next; next = this.#next(end)) {
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.callback();
      await turn();
    }
    this.#now = end;
  }

  #next(end: number): Timer | undefined {
    const due = [...this.#timers].filter(({ at }) => at <= end);
    return due.toSorted((a, b) => a.at - b.at)[0];
  }
}

/** Lets promises that are ready run, and what they make ready. */
export async function turn(times = 3): Promise<void> {
  for (let i = 0; i < times; i += 1) await setImmediate();
}

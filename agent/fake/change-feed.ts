import type { Cancellation } from "@freehold/agent-ports";

/** "Look again" for any number of readers; what happens while a reader is busy becomes one look. */
export class ChangeFeed {
  readonly #listeners = new Set<() => void>();

  notify(): void {
    for (const listener of this.#listeners) listener();
  }

  async *changes(cancellation: Cancellation): AsyncGenerator<void> {
    let pending = false;
    let wake = (): void => undefined;
    const notice = (): void => {
      pending = true;
      wake();
    };
    const stop = (): void => wake();
    this.#listeners.add(notice);
    cancellation.addEventListener("abort", stop);
    try {
      while (!cancellation.aborted) {
        if (pending) {
          pending = false;
          yield;
          continue;
        }
        await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      cancellation.removeEventListener("abort", stop);
      this.#listeners.delete(notice);
    }
  }
}

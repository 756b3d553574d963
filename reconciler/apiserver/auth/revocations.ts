/** Tells whoever holds something open that what it was allowed by may be gone: look again. */
export class Revocations {
  readonly #listeners = new Set<() => void>();

  /** What it answers ends the subscription. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  announce(): void {
    for (const listener of this.#listeners) listener();
  }
}

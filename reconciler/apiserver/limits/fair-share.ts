/**
 * So many at once, shared fairly: a client may hold as much as is still free (the dynamic thresholds of shared switch buffers, Choudhury
 * and Hahne 1998, with factor 1). One alone gets half; of two greedy ones each a third; and whoever comes next always finds room, without
 * any being reserved.
 */
export class FairShare {
  readonly #limit: number;
  readonly #held = new Map<string, number>();
  #total = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get total(): number {
    return this.#total;
  }

  /** Takes a place for a client; what it answers gives it back, once. Undefined when there is none for it. */
  enter(client: string): (() => void) | undefined {
    const held = this.#held.get(client) ?? 0;
    if (held >= this.#limit - this.#total) return undefined;
    this.#held.set(client, held + 1);
    this.#total += 1;
    let isHeld = true;
    return () => {
      if (isHeld) this.#leave(client);
      isHeld = false;
    };
  }

  #leave(client: string): void {
    this.#total -= 1;
    const left = (this.#held.get(client) ?? 1) - 1;
    if (left === 0) this.#held.delete(client);
    else this.#held.set(client, left);
  }
}

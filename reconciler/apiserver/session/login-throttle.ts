/** Attempts that cost nothing. */
const FREE = 3;
const FIRST_DELAY_MS = 1000;
const LONGEST_DELAY_MS = 15 * 60 * 1000;
/** Users and addresses remembered; the one that failed longest ago goes first. */
const MOST = 10_000;

interface Failures {
  readonly count: number;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/** Makes guessing slow: each failure of a user or from an address doubles how long both must wait. Bounded in memory. */
export class LoginThrottle {
  readonly #clock: () => number;
  readonly #failures = new Map<string, Failures>();

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#failures.size;
  }

  /**
   * Begins an attempt, which counts as failed until `succeed` says otherwise: guesses made at the same time must not all pass. Answers
   * how many milliseconds to wait instead, or 0.
   */
  attempt(keys: readonly string[]): number {
    const now = this.#clock();
    const wait = Math.max(0, ...keys.map((key) => (this.#failures.get(key)?.until ?? 0) - now));
    if (wait > 0) return wait;
    for (const key of keys) this.#fail(key, now);
    return 0;
  }

  succeed(keys: readonly string[]): void {
    for (const key of keys) this.#failures.delete(key);
  }

  #fail(key: string, now: number): void {
    const before = this.#failures.get(key);
    // Forgotten after a quiet time as long as the longest delay.
    const count = before && now - before.until < LONGEST_DELAY_MS ? before.count + 1 : 1;
    const delay = count <= FREE ? 0 : Math.min(FIRST_DELAY_MS * 2 ** (count - FREE - 1), LONGEST_DELAY_MS);
    this.#failures.delete(key);
    this.#failures.set(key, { count, until: now + delay });
    const [oldest] = this.#failures.keys();
    if (this.#failures.size > MOST && oldest !== undefined) this.#failures.delete(oldest);
  }
}

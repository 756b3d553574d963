import type { Clock } from "./clock.ts";

/** As client-go's spam filter: 25 events at once, then one in five minutes, per object. */
const BURST = 25;
const REFILL_MS = 300_000;
/** Objects remembered; beyond, those with a full bucket are forgotten. */
const MANY = 1000;

interface Bucket {
  tokens: number;
  at: number;
}

/** How many events may still be told of an object: a token bucket each. */
export class EventBudget {
  readonly #clock: Clock;
  readonly #buckets = new Map<string, Bucket>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes one, if there is one left. */
  spend(object: string): boolean {
    if (this.#buckets.size > MANY) this.#forgetFull();
    const bucket = this.#refilled(this.#buckets.get(object) ?? { tokens: BURST, at: this.#clock.now() });
    this.#buckets.set(object, bucket);
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }

  #refilled({ tokens, at }: Bucket): Bucket {
    const now = this.#clock.now();
    return { tokens: Math.min(BURST, tokens + (now - at) / REFILL_MS), at: now };
  }

  #forgetFull(): void {
    for (const [object, bucket] of this.#buckets) {
      if (this.#refilled(bucket).tokens >= BURST) this.#buckets.delete(object);
    }
  }
}

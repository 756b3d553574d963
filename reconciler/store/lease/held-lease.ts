import type { Backend, Revision } from "../backend.ts";
import { isStoreError } from "../errors.ts";
import type { Clock } from "./clock.ts";
import type { Fence } from "./fenced-backend.ts";
import { type LeaseKeys, textOf } from "./lease-keys.ts";

/** A lease that was acquired. Disposing gives it back at once. */
export interface Lease extends AsyncDisposable {
  readonly fence: Fence;
  /** Aborts when the lease is, or may be, another's. */
  readonly lost: AbortSignal;
}

interface Held {
  readonly backend: Backend;
  readonly keys: LeaseKeys;
  readonly identity: string;
  readonly fence: Fence;
  readonly ttlMs: number;
  readonly clock: Clock;
  /** When the holder last asked for it, successfully. */
  readonly renewedAt: number;
}

export class HeldLease implements Lease {
  readonly #held: Held;
  readonly #lost = new AbortController();
  readonly #renewing: Promise<void>;
  #revision: Revision;
  #renewedAt: number;

  constructor(held: Held) {
    this.#held = held;
    this.#revision = held.fence.modRevision;
    this.#renewedAt = held.renewedAt;
    this.#renewing = this.#keepRenewing();
  }

  get fence(): Fence {
    return this.#held.fence;
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#lost.abort();
    await this.#renewing;
    const { backend, keys } = this.#held;
    try {
      await backend.commit(
        [{ key: keys.holder, modRevision: this.#revision }],
        [{ type: "delete", key: keys.holder }],
      );
    } catch (error) {
      // It is another's already, or will be once its time is over.
      if (!isStoreError(error)) throw error;
    }
  }

  async #keepRenewing(): Promise<void> {
    const { clock, ttlMs } = this.#held;
    while (!this.#lost.signal.aborted) {
      await clock.sleep(ttlMs / 3, this.#lost.signal);
      if (this.#lost.signal.aborted) return;
      const askedAt = clock.now();
      if (await this.#renew()) this.#renewedAt = askedAt;
      else if (clock.now() - this.#renewedAt >= ttlMs) this.#lost.abort();
    }
  }

  /** False when it is not known whether it worked. */
  async #renew(): Promise<boolean> {
    const { backend, keys, identity } = this.#held;
    try {
      this.#revision = await backend.commit(
        [{ key: keys.holder, modRevision: this.#revision }, this.fence],
        [{ type: "put", key: keys.holder, value: textOf(identity) }],
      );
      return true;
    } catch (error) {
      if (isStoreError(error, "Conflict")) await this.#findOut();
      return false;
    }
  }

  /** A renewal of which nothing was heard may have worked: then the key is still ours, at a revision we do not know. */
  async #findOut(): Promise<void> {
    const { backend, keys, identity } = this.#held;
    try {
      const entry = await backend.get(keys.holder);
      if (entry && Buffer.from(entry.value).toString() === identity) this.#revision = entry.modRevision;
      else this.#lost.abort();
    } catch (error) {
      // The next renewal asks again, until the time is over.
      if (!isStoreError(error, "Unavailable")) this.#lost.abort(error);
    }
  }
}

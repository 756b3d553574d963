import type {
  Backend,
  Batch,
  Compare,
  Entry,
  RangeOptions,
  RangeResult,
  Revision,
  Write,
} from "../backend.ts";
import { isStoreError, StoreError } from "../errors.ts";

/** Holds as long as nobody took the lease over. */
export type Fence = Compare;

/**
 * A backend whose commits only work while the fence stands: the store itself refuses a holder that does not know yet that it was
 * replaced. Such a commit throws StoreError `Unavailable`, and wrote nothing. Reads and watches are not fenced.
 */
export function fencedBackend(backend: Backend, fence: Fence): Backend {
  return new FencedBackend(backend, fence);
}

class FencedBackend implements Backend {
  readonly #inner: Backend;
  readonly #fence: Fence;

  constructor(inner: Backend, fence: Fence) {
    this.#inner = inner;
    this.#fence = fence;
  }

  range(prefix: string, options?: RangeOptions): Promise<RangeResult> {
    return this.#inner.range(prefix, options);
  }

  get(key: string): Promise<Entry | undefined> {
    return this.#inner.get(key);
  }

  async commit(compares: readonly Compare[], writes: readonly Write[]): Promise<Revision> {
    try {
      return await this.#inner.commit([...compares, this.#fence], writes);
    } catch (error) {
      if (!isStoreError(error, "Conflict")) throw error;
      const { key, modRevision } = this.#fence;
      if ((await this.#inner.get(key))?.modRevision === modRevision) throw error;
      throw new StoreError("Unavailable", `Cannot commit: "${key}" was taken over by another`, {
        cause: error,
      });
    }
  }

  watch(prefix: string, after: Revision, signal: AbortSignal): AsyncIterable<Batch> {
    return this.#inner.watch(prefix, after, signal);
  }

  revision(): Promise<Revision> {
    return this.#inner.revision();
  }

  compact(below: Revision): Promise<void> {
    return this.#inner.compact(below);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#inner[Symbol.asyncDispose]();
  }
}

import type { Kind, Resource } from "@freehold/apis";
import type { ResourceStore } from "@freehold/store";

import type { Clock } from "./clock.ts";
import type { World } from "./contracts.ts";
import { OwnershipError } from "./errors.ts";
import { KindCache, nameKey } from "./kind-cache.ts";

/** One cache per kind, shared by all controllers of an engine. */
export class CacheSet {
  readonly #caches = new Map<string, KindCache>();
  readonly #store: ResourceStore;
  readonly #clock: Clock;
  readonly #onBug: (kind: string, error: unknown) => void;

  constructor(
    store: ResourceStore,
    clock: Clock,
    onBug: (kind: string, error: unknown) => void = () => undefined,
  ) {
    this.#store = store;
    this.#clock = clock;
    this.#onBug = onBug;
  }

  of<R extends Resource>(kind: Kind<R>): KindCache<R> {
    const known = this.#caches.get(kind.id);
    // Caches are keyed by the kind that types them, so the kind of the cache is the kind asked for.
    if (known) return known as unknown as KindCache<R>;
    const cache = new KindCache(kind, {
      store: this.#store,
      clock: this.#clock,
      onBug: (error) => this.#onBug(kind.id, error),
    });
    this.#caches.set(kind.id, cache);
    return cache;
  }

  all(): readonly KindCache[] {
    return [...this.#caches.values()];
  }

  /** A view of the declared kinds only. */
  world(controller: string, kinds: readonly Kind[]): World {
    const declared = new Set(kinds.map((kind) => kind.id));
    const open = <R extends Resource>(kind: Kind<R>): KindCache<R> => {
      if (!declared.has(kind.id)) {
        throw new OwnershipError(
          `Cannot read ${kind.id} in "${controller}": it is not among its declared reads`,
        );
      }
      return this.of(kind);
    };
    for (const kind of kinds) this.of(kind);
    return {
      get: (kind, name, namespace) => open(kind).get(nameKey(name, namespace)),
      list: (kind) => open(kind).list(),
    };
  }
}

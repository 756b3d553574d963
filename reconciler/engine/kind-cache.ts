import type { Kind, Resource } from "@freehold/apis";
import { isStoreError, type ResourceStore } from "@freehold/store";

import type { Clock } from "./clock.ts";
import { equalValue } from "./equal-value.ts";
import { pause } from "./pause.ts";

/** What changed, for those who listen; `previous` is what the cache held before. */
export interface CacheChange {
  readonly resource: Resource;
  readonly previous: Resource | undefined;
  readonly deleted: boolean;
  /** Part of the first list rather than a live change. */
  readonly initial: boolean;
}

/** Between a lost watch and the next one, so that a server that ends every watch at once is not hammered. */
const REST_MS = 500;

/** A kind's newest known objects, kept by list and watch. Never written by controllers. */
export class KindCache<R extends Resource = Resource> {
  readonly kind: Kind<R>;
  readonly #store: ResourceStore;
  readonly #clock: Clock;
  readonly #onBug: (error: unknown) => void;
  readonly #items = new Map<string, R>();
  readonly #listeners: ((change: CacheChange) => void)[] = [];
  readonly #waiters: { readonly revision: number; readonly resolve: () => void }[] = [];
  #revision = 0;
  #primed: (() => void) | undefined;
  readonly primed: Promise<void>;

  constructor(
    kind: Kind<R>,
    parts: {
      readonly store: ResourceStore;
      readonly clock: Clock;
      readonly onBug?: (error: unknown) => void;
    },
  ) {
    this.kind = kind;
    this.#store = parts.store;
    this.#clock = parts.clock;
    this.#onBug = parts.onBug ?? (() => undefined);
    this.primed = new Promise((resolve) => {
      this.#primed = resolve;
    });
  }

  get(key: string): R | undefined {
    return this.#items.get(key);
  }

  list(): readonly R[] {
    return [...this.#items.values()];
  }

  /** How far the cache has come, as a resourceVersion. */
  get revision(): number {
    return this.#revision;
  }

  onChange(listener: (change: CacheChange) => void): void {
    this.#listeners.push(listener);
  }

  /** Resolves when the cache has seen the revision, or when the signal aborts. */
  async reached(revision: number, signal: AbortSignal): Promise<void> {
    if (this.#revision >= revision || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        signal.removeEventListener("abort", done);
        resolve();
      };
      signal.addEventListener("abort", done);
      this.#waiters.push({ revision, resolve: done });
    });
  }

  /** Lists, then follows; lists again whenever the watch is lost or too old. Ends with the signal. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        const { items, resourceVersion } = await this.#store.list(this.kind);
        this.#replace(items, Number(resourceVersion));
        await this.#follow(signal);
      } catch (error) {
        if (signal.aborted) return;
        // The API may be restarting, or the position is too old: keep what is known, and come back.
        if (!isStoreError(error)) this.#onBug(error);
        await pause(this.#clock, REST_MS, signal);
      }
    }
  }

  async #follow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      for await (const change of this.#store.watch(this.kind, String(this.#revision), signal)) {
        if (change.type === "put") this.#put(change.resource, false);
        else if (change.type === "delete") this.#remove(change.resource);
        const at =
          change.type === "bookmark" ? change.resourceVersion : change.resource.metadata.resourceVersion;
        this.#advance(Number(at));
      }
      // Servers end watches now and then: go on from where it ended, but not in a tight circle.
      await pause(this.#clock, REST_MS, signal);
    }
  }

  #replace(items: readonly R[], revision: number): void {
    const initial = this.#primed !== undefined;
    const seen = new Set(items.map((item) => keyOf(item)));
    for (const [key, item] of this.#items) if (!seen.has(key)) this.#remove(item);
    for (const item of items) this.#put(item, initial);
    this.#advance(revision);
    this.#primed?.();
    this.#primed = undefined;
  }

  #put(resource: R, initial: boolean): void {
    const key = keyOf(resource);
    const previous = this.#items.get(key);
    if (previous?.metadata.resourceVersion === resource.metadata.resourceVersion) return;
    this.#items.set(key, resource);
    for (const listener of this.#listeners) listener({ resource, previous, deleted: false, initial });
  }

  #remove(resource: R): void {
    const key = keyOf(resource);
    const previous = this.#items.get(key);
    if (!previous) return;
    this.#items.delete(key);
    for (const listener of this.#listeners) {
      listener({ resource: previous, previous, deleted: true, initial: false });
    }
  }

  #advance(revision: number): void {
    this.#revision = Math.max(this.#revision, revision);
    for (let i = this.#waiters.length - 1; i >= 0; i -= 1) {
      const waiter = this.#waiters[i];
      if (waiter && waiter.revision <= this.#revision) {
        this.#waiters.splice(i, 1);
        waiter.resolve();
      }
    }
  }
}

/** Whether nothing changed but the status, and what the API writes into every change. */
export function isStatusOnly({ resource, previous, deleted }: CacheChange): boolean {
  return !deleted && previous !== undefined && equalValue(wishOf(previous), wishOf(resource));
}

function wishOf({ status: _status, metadata, ...rest }: Resource): object {
  const { resourceVersion: _revision, managedFields: _fields, ...kept } = metadata;
  return { ...rest, metadata: kept };
}

/** `namespace/name`, or `name` for cluster-scoped objects: an object's place among its kind. */
export function keyOf({ metadata }: Pick<Resource, "metadata">): string {
  return nameKey(metadata.name, metadata.namespace);
}

export function nameKey(name: string, namespace?: string): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

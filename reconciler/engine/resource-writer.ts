import type { Kind, Resource } from "@freehold/apis";
import type { ResourceStore } from "@freehold/store";

import type { CacheSet } from "./cache-set.ts";
import type { Name } from "./contracts.ts";
import { type CacheChange, isStatusOnly, keyOf } from "./kind-cache.ts";
import type { OwnershipTable } from "./ownership-table.ts";

const NEVER = new AbortController().signal;

/**
 * A controller's only way to write. Checks ownership, and remembers the revision of each write, so that nobody acts on a view
 * from before it (Kubernetes' staleness mitigation).
 */
export class ResourceWriter {
  readonly #store: ResourceStore;
  readonly #caches: CacheSet;
  readonly #owners: OwnershipTable;
  /** By kind and key, as long as the cache has not seen it. */
  readonly #lastWrite = new Map<string, number>();
  readonly #lastOfKind = new Map<string, number>();
  readonly name: string;

  constructor(name: string, parts: { store: ResourceStore; caches: CacheSet; owners: OwnershipTable }) {
    this.name = name;
    this.#store = parts.store;
    this.#caches = parts.caches;
    this.#owners = parts.owners;
  }

  /** Resolves when the cache has passed this controller's last write of the object, or the signal aborts. */
  async catchUp(kind: Kind, key: string, signal: AbortSignal): Promise<void> {
    await this.#caches.of(kind).reached(this.#lastWrite.get(`${kind.id} ${key}`) ?? 0, signal);
  }

  /** The same for its writes of any object of the kind. */
  async catchUpKind(kind: Kind, signal: AbortSignal): Promise<void> {
    await this.#caches.of(kind).reached(this.#lastOfKind.get(kind.id) ?? 0, signal);
  }

  async create<R extends Resource>(kind: Kind<R>, resource: R): Promise<R> {
    this.#owners.check(kind, "spec", this.name);
    return this.#remember(kind, await this.#store.create(kind, resource, { name: this.name }));
  }

  async update<R extends Resource>(kind: Kind<R>, resource: R): Promise<R> {
    this.#owners.check(kind, "spec", this.name);
    return this.#remember(kind, await this.#store.update(kind, resource, { name: this.name }));
  }

  async updateStatus<R extends Resource>(kind: Kind<R>, resource: R): Promise<R> {
    this.#owners.check(kind, "status", this.name);
    return this.#remember(kind, await this.#store.updateStatus(kind, resource, { name: this.name }));
  }

  /** Adds or takes away this controller's finalizer: metadata, which is not a section. */
  async setFinalizer<R extends Resource>(kind: Kind<R>, resource: R, present: boolean): Promise<R> {
    const finalizers = (resource.metadata.finalizers ?? []).filter((name) => name !== finalizerOf(this.name));
    if (present) finalizers.push(finalizerOf(this.name));
    const changed = { ...resource, metadata: { ...resource.metadata, finalizers } };
    return this.#remember(kind, await this.#store.update(kind, changed, { name: this.name }));
  }

  async delete(kind: Kind, name: Name, uid?: string): Promise<void> {
    this.#owners.check(kind, "spec", this.name);
    await this.#store.delete(kind, kind.ref(name.name, name.namespace), { name: this.name }, uid);
  }

  #remember<R extends Resource>(kind: Kind<R>, resource: R): R {
    const revision = Number(resource.metadata.resourceVersion);
    const place = `${kind.id} ${keyOf(resource)}`;
    this.#lastWrite.set(place, revision);
    void this.#forgetSeen(kind, place, revision);
    this.#lastOfKind.set(kind.id, Math.max(this.#lastOfKind.get(kind.id) ?? 0, revision));
    return resource;
  }

  /** What is seen need not be remembered: objects come and go for years. */
  async #forgetSeen(kind: Kind, place: string, revision: number): Promise<void> {
    await this.#caches.of(kind).reached(revision, NEVER);
    if (this.#lastWrite.get(place) === revision) this.#lastWrite.delete(place);
  }
}

/** Finalizers are qualified names. */
export function finalizerOf(controller: string): string {
  return `freehold.dev/${controller}`;
}

export function hasFinalizer(resource: Resource, controller: string): boolean {
  return resource.metadata.finalizers?.includes(finalizerOf(controller)) ?? false;
}

/** Whether nothing changed but that the controller's own finalizer was added. */
export function isClaimOnly({ resource, previous, deleted }: CacheChange, controller: string): boolean {
  if (deleted || !previous || hasFinalizer(previous, controller)) return false;
  const finalizers = [...(previous.metadata.finalizers ?? []), finalizerOf(controller)];
  const claimed = { ...previous, metadata: { ...previous.metadata, finalizers } };
  return isStatusOnly({ resource, previous: claimed, deleted: false, initial: false });
}

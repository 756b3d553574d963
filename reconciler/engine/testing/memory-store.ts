import { InvalidError, isTearingDown, type Kind, type Ref, type Resource } from "@freehold/apis";
import { type ResourceChange, type ResourceStore, StoreError, type Writer } from "@freehold/store";

import { equalValue } from "../equal-value.ts";
import { nameKey } from "../kind-cache.ts";

interface Past {
  readonly revision: number;
  readonly place: string;
  readonly type: "put" | "delete";
  readonly resource: Resource;
}

/** Objects in memory by the rules of the API, as far as controllers can tell: revisions, generations, finalizers, watches. */
export class MemoryStore implements ResourceStore {
  /** By kind and key. */
  readonly objects = new Map<string, Resource>();
  /** Writes that changed something; a quiet controller makes no more. */
  writes = 0;
  /** Called before each write; a test throws here what a store might answer. */
  beforeWrite: (verb: string, kind: Kind, resource: { metadata: { name: string } }) => void = () => undefined;
  #revision = 0;
  #compacted = 0;
  #history: Past[] = [];
  readonly #wakes = new Set<() => void>();

  async get<R extends Resource>(kind: Kind<R>, name: string, namespace?: string): Promise<R | undefined> {
    const found = this.objects.get(placeOf(kind, { name, namespace }));
    return found && kind.decode(found);
  }

  async list<R extends Resource>(
    kind: Kind<R>,
  ): Promise<{ readonly items: readonly R[]; readonly resourceVersion: string }> {
    const items = [...this.objects].filter(([place]) => place.startsWith(`${kind.id} `));
    return {
      items: items.map(([, object]) => kind.decode(object)),
      resourceVersion: String(this.#revision),
    };
  }

  async *watch<R extends Resource>(
    kind: Kind<R>,
    resourceVersion: string,
    signal: AbortSignal,
  ): AsyncGenerator<ResourceChange<R>> {
    let position = Number(resourceVersion);
    while (!signal.aborted) {
      if (position < this.#compacted) throw new StoreError("Compacted", `Cannot watch from ${position}`);
      const next = this.#history.find(
        ({ revision, place }) => revision > position && place.startsWith(`${kind.id} `),
      );
      if (next) {
        position = next.revision;
        yield { type: next.type, resource: kind.decode(next.resource) };
        continue;
      }
      await new Promise<void>((resolve) => {
        this.#wakes.add(resolve);
        signal.addEventListener("abort", () => resolve(), { once: true });
      });
    }
  }

  async create<R extends Resource>(kind: Kind<R>, resource: R, _by: Writer): Promise<R> {
    this.beforeWrite("create", kind, resource);
    const place = placeOf(kind, resource.metadata);
    if (this.objects.has(place)) throw new StoreError("Exists", `Cannot create ${place}: it exists`);
    const { status: _status, ...rest } = structuredClone(resource);
    const revision = (this.#revision += 1);
    const metadata = {
      ...resource.metadata,
      uid: `uid-${revision}`,
      generation: 1,
      creationTimestamp: "2026-01-02T03:04:05Z",
    };
    return this.#put(kind, checked(kind, { ...rest, metadata }), revision);
  }

  async update<R extends Resource>(kind: Kind<R>, resource: R, _by: Writer): Promise<R> {
    this.beforeWrite("update", kind, resource);
    const known = this.#current(kind, resource);
    const { deletionTimestamp, generation, uid } = known.metadata;
    const added = (resource.metadata.finalizers ?? []).filter(
      (name) => !known.metadata.finalizers?.includes(name),
    );
    if (deletionTimestamp !== undefined && added.length > 0) {
      throw new InvalidError(kind.id, [
        { path: "metadata.finalizers", reason: "FieldValueForbidden", message: "no new finalizers" },
      ]);
    }
    const next = checked(kind, {
      ...structuredClone(resource),
      metadata: {
        ...resource.metadata,
        uid,
        ...(deletionTimestamp !== undefined && { deletionTimestamp }),
        generation: (generation ?? 1) + (equalValue(known.spec, resource.spec) ? 0 : 1),
      },
      ...(known.status !== undefined && { status: known.status }),
    });
    if (equalValue(known, next)) return kind.decode(known);
    if (deletionTimestamp !== undefined && (next.metadata.finalizers ?? []).length === 0) {
      return this.#remove(kind, next);
    }
    return this.#put(kind, next, (this.#revision += 1));
  }

  async updateStatus<R extends Resource>(kind: Kind<R>, resource: R, _by: Writer): Promise<R> {
    this.beforeWrite("status", kind, resource);
    const known = this.#current(kind, resource);
    if (equalValue(known.status, resource.status)) return kind.decode(known);
    const next = checked(kind, { ...known, status: structuredClone(resource.status) });
    return this.#put(kind, next, (this.#revision += 1));
  }

  async delete(kind: Kind, ref: Ref, _by: Writer, uid?: string): Promise<void> {
    const known = this.objects.get(placeOf(kind, ref));
    if (!known || (uid !== undefined && known.metadata.uid !== uid)) return;
    this.beforeWrite("delete", kind, known);
    if ((known.metadata.finalizers ?? []).length === 0) this.#remove(kind, known);
    else if (!isTearingDown(known)) {
      const metadata = { ...known.metadata, deletionTimestamp: "2026-01-02T03:04:05Z" };
      this.#put(kind, { ...known, metadata }, (this.#revision += 1));
    }
  }

  /** Takes an object away without asking its finalizers, as somebody with all rights may. */
  lose(kind: Kind, name: string, namespace?: string): void {
    const known = this.objects.get(placeOf(kind, { name, namespace }));
    if (known) this.#remove(kind, known);
  }

  /** Forgets all history: watches from before must list again. */
  compact(): void {
    this.#compacted = this.#revision;
    this.#history = [];
    this.#wake();
  }

  #current(kind: Kind, { metadata }: Resource): Resource {
    const place = placeOf(kind, metadata);
    const known = this.objects.get(place);
    if (!known) throw new StoreError("NotFound", `Cannot update ${place}: it does not exist`);
    if (known.metadata.resourceVersion !== metadata.resourceVersion) {
      throw new StoreError("Conflict", `Cannot update ${place}: it was changed`);
    }
    return known;
  }

  #put<R extends Resource>(kind: Kind<R>, object: Resource, revision: number): R {
    const resource = { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } };
    const place = placeOf(kind, object.metadata);
    this.objects.set(place, resource);
    this.#record({ revision, place, type: "put", resource });
    return kind.decode(resource);
  }

  #remove<R extends Resource>(kind: Kind<R>, object: Resource): R {
    const revision = (this.#revision += 1);
    const resource = { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } };
    const place = placeOf(kind, object.metadata);
    this.objects.delete(place);
    this.#record({ revision, place, type: "delete", resource });
    return kind.decode(resource);
  }

  #record(past: Past): void {
    this.writes += 1;
    this.#history.push(past);
    this.#wake();
  }

  #wake(): void {
    const waiting = [...this.#wakes];
    this.#wakes.clear();
    for (const wake of waiting) wake();
  }
}

function placeOf(kind: Kind, { name, namespace }: { name: string; namespace?: string | undefined }): string {
  return `${kind.id} ${nameKey(name, namespace)}`;
}

/** With defaults filled in; throws InvalidError. */
function checked<O extends Resource>(kind: Kind, object: O): O {
  const { problems } = kind.check(object);
  if (problems.length > 0) throw new InvalidError(`${kind.id} "${object.metadata.name}"`, problems);
  return object;
}

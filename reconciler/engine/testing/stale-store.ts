import type { Kind, Resource } from "@freehold/apis";
import type { ResourceChange, ResourceStore } from "@freehold/store";

import { keyOf } from "../kind-cache.ts";
import { turn } from "./fake-clock.ts";

/**
 * A store whose watches are late and leave out what came between: each change waits for `lateness()` turns of the event loop, and of
 * an object's changes that gathered meanwhile only the newest is delivered.
 */
export function staleStore(store: ResourceStore, lateness: () => number): ResourceStore {
  return {
    get: (kind, name, namespace) => store.get(kind, name, namespace),
    list: (kind) => store.list(kind),
    create: (kind, resource, by) => store.create(kind, resource, by),
    update: (kind, resource, by) => store.update(kind, resource, by),
    updateStatus: (kind, resource, by) => store.updateStatus(kind, resource, by),
    delete: (kind, ref, by, uid) => store.delete(kind, ref, by, uid),
    watch: (kind, resourceVersion, signal) => late(store, { kind, resourceVersion, signal }, lateness),
  };
}

async function* late<R extends Resource>(
  store: ResourceStore,
  from: { readonly kind: Kind<R>; readonly resourceVersion: string; readonly signal: AbortSignal },
  lateness: () => number,
): AsyncGenerator<ResourceChange<R>> {
  const gathered = new Map<string, ResourceChange<R>>();
  let ended = false;
  let failure: unknown;
  let wake = (): void => undefined;
  const gather = async (): Promise<void> => {
    try {
      for await (const change of store.watch(from.kind, from.resourceVersion, from.signal)) {
        const key = change.type === "bookmark" ? "" : keyOf(change.resource);
        // Deleted before inserted: the newest change comes last, so that revisions only rise.
        gathered.delete(key);
        gathered.set(key, change);
        wake();
      }
    } catch (error) {
      failure = error;
    }
    ended = true;
    wake();
  };
  const gathering = gather();
  while (!from.signal.aborted) {
    if (gathered.size > 0) await turn(lateness());
    const changes = [...gathered.values()];
    gathered.clear();
    yield* changes;
    if (gathered.size > 0) continue;
    if (ended) break;
    await new Promise<void>((resolve) => (wake = resolve));
  }
  await gathering;
  if (failure !== undefined) throw failure;
}

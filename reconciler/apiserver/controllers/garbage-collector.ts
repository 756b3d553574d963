import type { Resource } from "@freehold/apis";
import type { Backend, Change } from "@freehold/store";
import type { OnApplicationShutdown, OnModuleInit } from "@nestjs/common";

import { isApiError } from "../errors/api-error.ts";
import { decode } from "../registry/codec.ts";
import { readKey, ROOT } from "../registry/keys.ts";
import type { Registry } from "../registry/registry.ts";
import { LevelLoop } from "./level-loop.ts";
import { type Collection, OwnerGraph } from "./owner-graph.ts";

/** Deletes what belonged to objects that are gone, and carries out foreground and orphan deletion. */
export class GarbageCollector implements OnModuleInit, OnApplicationShutdown {
  readonly #backend: Backend;
  readonly #registry: Registry;
  readonly #loop: LevelLoop;
  #graph = new OwnerGraph();

  constructor(backend: Backend, registry: Registry, log: (message: string) => void) {
    this.#backend = backend;
    this.#registry = registry;
    this.#loop = new LevelLoop(
      (signal) => this.#watchAll(signal),
      () => this.#pass(),
      log,
    );
  }

  onModuleInit(): void {
    this.#loop.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.#loop.stop();
  }

  async *#watchAll(signal: AbortSignal): AsyncGenerator<boolean> {
    const graph = new OwnerGraph();
    const { entries, revision } = await this.#backend.range(ROOT);
    for (const entry of entries) graph.put(entry.key, decode(entry).metadata);
    this.#graph = graph;
    yield true;
    for await (const { changes } of this.#backend.watch(ROOT, revision, signal)) {
      yield changes.map((change) => learn(graph, change)).includes(true);
    }
  }

  async #pass(): Promise<void> {
    for (const collection of this.#graph.work()) await this.#carryOut(collection);
  }

  async #carryOut(collection: Collection): Promise<void> {
    const found = readKey(this.#registry.kinds.stored(), collection.key);
    if (!found) return;
    try {
      if (collection.do === "delete") {
        // Both preconditions: it may have got another owner since the graph was looked at.
        await this.#registry.delete(found.kind, found.key, collection);
      } else {
        await this.#registry.update(found.kind, found.key, (current) => without(current, collection), {
          manager: "garbage-collector",
        });
      }
    } catch (error) {
      // Somebody else was faster, or a namesake has taken its place: both come as changes of their own.
      if (!isApiError(error, "NotFound") && !isApiError(error, "Conflict")) throw error;
    }
  }
}

/** Whether the change can mean work. */
function learn(graph: OwnerGraph, change: Change): boolean {
  if (change.type === "delete") {
    graph.remove(change.key);
    return true;
  }
  const { metadata } = decode(change.entry);
  graph.put(change.entry.key, metadata);
  return metadata.ownerReferences !== undefined || metadata.deletionTimestamp !== undefined;
}

function without(current: Resource, collection: Collection & { do: "disown" | "release" }): Resource {
  const metadata = { ...current.metadata, uid: collection.uid };
  if (collection.do === "release") {
    metadata.finalizers = (metadata.finalizers ?? []).filter((name) => name !== collection.finalizer);
  } else {
    metadata.ownerReferences = (metadata.ownerReferences ?? []).filter(
      ({ uid }) => !collection.owners.includes(uid),
    );
  }
  return { ...current, metadata };
}

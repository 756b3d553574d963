import type { Kind, Resource } from "@freehold/apis";
import type { Change } from "@freehold/store";
import type { OnApplicationShutdown, OnModuleInit } from "@nestjs/common";

import { isApiError } from "../errors/api-error.ts";
import { ROOT } from "../registry/keys.ts";
import type { Registry } from "../registry/registry.ts";
import { LevelLoop } from "./level-loop.ts";

const INITIAL = ["default", "kube-system"];
/** Whose the fields are that it writes. */
const MANAGER = "namespace-lifecycle";

/** Makes the first namespaces, and empties those that are being deleted before it lets them go. */
export class NamespaceLifecycle implements OnModuleInit, OnApplicationShutdown {
  readonly #registry: Registry;
  readonly #loop: LevelLoop;
  readonly #log: (message: string) => void;

  constructor(registry: Registry, log: (message: string) => void) {
    this.#registry = registry;
    this.#log = log;
    this.#loop = new LevelLoop(
      (signal) => this.#watchAll(signal),
      () => this.#pass(),
      log,
    );
  }

  async onModuleInit(): Promise<void> {
    const kind = this.#namespaces();
    if (!kind) return;
    for (const name of INITIAL) await this.#ensure(kind, name);
    this.#loop.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.#loop.stop();
  }

  async #ensure(kind: Kind, name: string): Promise<void> {
    try {
      await this.#registry.create(kind, undefined, { metadata: { name } }, { manager: MANAGER });
    } catch (error) {
      if (!isApiError(error, "AlreadyExists")) throw error;
    }
  }

  #namespaces(): Kind | undefined {
    return this.#registry.kinds.find("", "v1", "namespaces");
  }

  /** Anything that goes may have been the last thing a namespace waited for. */
  async *#watchAll(signal: AbortSignal): AsyncGenerator<boolean> {
    for await (const changes of this.#registry.changes(signal)) {
      yield changes.length === 0 || changes.some(concerns);
    }
  }

  async #pass(): Promise<void> {
    const kind = this.#namespaces();
    if (!kind) return;
    const { items } = await this.#registry.list(kind);
    for (const namespace of items) {
      if (namespace.metadata.deletionTimestamp !== undefined) await this.#empty(kind, namespace);
    }
  }

  async #empty(kind: Kind, { metadata: { name } }: Resource): Promise<void> {
    const namespaced = this.#registry.kinds.stored().filter(({ scope }) => scope === "Namespaced");
    let left = 0;
    for (const one of namespaced) left += await this.#deleteAll(one, name);
    if (left > 0) return;
    this.#log(`Namespace "${name}" is empty and goes`);
    const release = (current: Resource): unknown => ({ ...current, spec: { finalizers: [] } });
    await this.#registry.update(kind, { name }, release, { endpoint: "finalize", manager: MANAGER });
  }

  /** How many are still there because finalizers hold them. */
  async #deleteAll(kind: Kind, namespace: string): Promise<number> {
    const { items } = await this.#registry.list(kind, { namespace });
    let left = 0;
    for (const { metadata } of items) {
      try {
        const { gone } = await this.#registry.delete(kind, metadata);
        if (!gone) left += 1;
      } catch (error) {
        if (!isApiError(error, "NotFound")) throw error;
      }
    }
    return left;
  }
}

function concerns(change: Change): boolean {
  return change.type === "delete" || change.entry.key.startsWith(`${ROOT}core/namespaces/`);
}

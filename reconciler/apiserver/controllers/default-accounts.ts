import { namespaceKind, serviceAccountKind } from "@freehold/apis/core";
import type { OnApplicationShutdown, OnModuleInit } from "@nestjs/common";

import { isApiError } from "../errors/api-error.ts";
import { kindPrefix } from "../registry/keys.ts";
import type { Registry } from "../registry/registry.ts";
import { LevelLoop } from "./level-loop.ts";

const NAME = "default";
const MANAGER = "default-accounts";

/** Gives each namespace its ServiceAccount `default`, also when somebody removed it. */
export class DefaultAccounts implements OnModuleInit, OnApplicationShutdown {
  readonly #registry: Registry;
  readonly #loop: LevelLoop;

  constructor(registry: Registry, log: (message: string) => void) {
    this.#registry = registry;
    this.#loop = new LevelLoop(
      (signal) => this.#watch(signal),
      () => this.#pass(),
      log,
    );
  }

  onModuleInit(): void {
    const { kinds } = this.#registry;
    const served = [namespaceKind, serviceAccountKind].every((kind) =>
      kinds.find(kind.group, kind.version, kind.plural),
    );
    if (served) this.#loop.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.#loop.stop();
  }

  async *#watch(signal: AbortSignal): AsyncGenerator<boolean> {
    const [namespaces, accounts] = [kindPrefix(namespaceKind), kindPrefix(serviceAccountKind)];
    for await (const changes of this.#registry.changes(signal)) {
      yield (
        changes.length === 0 ||
          changes.some((change) =>
            change.type === "delete"
              ? change.key.startsWith(accounts)
              : change.entry.key.startsWith(namespaces),
          )
      );
    }
  }

  async #pass(): Promise<void> {
    const { items: accounts } = await this.#registry.list(serviceAccountKind);
    const served = new Set(
      accounts.filter(({ metadata }) => metadata.name === NAME).map(({ metadata }) => metadata.namespace),
    );
    const { items: namespaces } = await this.#registry.list(namespaceKind);
    for (const { metadata } of namespaces) {
      if (metadata.deletionTimestamp === undefined && !served.has(metadata.name))
        await this.#make(metadata.name);
    }
  }

  async #make(namespace: string): Promise<void> {
    const account = { metadata: { name: NAME } };
    try {
      await this.#registry.create(serviceAccountKind, namespace, account, { manager: MANAGER });
    } catch (error) {
      // Somebody was faster, or the namespace is going after all.
      const isOver = ["AlreadyExists", "NotFound", "Forbidden"].some((reason) => isApiError(error, reason));
      if (!isOver) throw error;
    }
  }
}

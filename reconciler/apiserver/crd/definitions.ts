import type { Kind, Resource } from "@freehold/apis";
import { customResourceDefinitionKind } from "@freehold/apis/extensions";
import type { Change } from "@freehold/store";
import type { OnApplicationShutdown, OnModuleInit } from "@nestjs/common";

import { LevelLoop } from "../controllers/level-loop.ts";
import { isApiError } from "../errors/api-error.ts";
import { kindPrefix } from "../registry/keys.ts";
import type { Registry } from "../registry/registry.ts";
import { kindsOfDefinition } from "./custom-kind.ts";
import { awaitsCleanup, namesOf, statusOf, type TakenNames } from "./definition-status.ts";
import { asDefinition, CLEANUP, type Definition, isEstablished } from "./definition.ts";
import { deleteInstances } from "./delete-instances.ts";
import { loadPatterns } from "./pattern.ts";
import { withCondition } from "./set-condition.ts";

/** Whose the fields are that it writes. */
const MANAGER = "crd-controller";

/**
 * Follows the definitions in the store, whoever writes them: accepts their names, serves their kinds, and when one is deleted empties it
 * first. Every server on a store does the same, and they agree.
 */
export class Definitions implements OnModuleInit, OnApplicationShutdown {
  readonly #registry: Registry;
  readonly #clock: () => number;
  readonly #log: (message: string) => void;
  readonly #loop: LevelLoop;
  /** What is served, by name, as the version of the definition that says so. */
  readonly #served = new Map<string, string>();

  constructor(registry: Registry, clock: () => number, log: (message: string) => void) {
    this.#registry = registry;
    this.#clock = clock;
    this.#log = log;
    this.#loop = new LevelLoop(
      (signal) => this.#watch(signal),
      () => this.#pass(),
      log,
    );
  }

  /** Serves what is established already. */
  async load(): Promise<void> {
    const kind = this.#kind();
    if (kind) await this.#serve((await this.#registry.list(kind)).items);
  }

  onModuleInit(): void {
    this.#loop.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.#loop.stop();
  }

  #kind(): Kind | undefined {
    const { group, version, plural } = customResourceDefinitionKind;
    return this.#registry.kinds.find(group, version, plural);
  }

  async *#watch(signal: AbortSignal): AsyncGenerator<boolean> {
    const prefix = kindPrefix(customResourceDefinitionKind);
    for await (const changes of this.#registry.changes(signal)) {
      yield (
        changes.length === 0 ||
          changes.some(
            (change) => keyOf(change).startsWith(prefix) || (this.#isEmptying && change.type === "delete"),
          )
      );
    }
  }

  /** While objects of a definition are being deleted, each that goes may be the last. */
  #isEmptying = false;

  async #pass(): Promise<void> {
    const kind = this.#kind();
    if (!kind) return;
    const { items } = await this.#registry.list(kind);
    const definitions = items.map(asDefinition);
    await this.#serve(items);
    for (const definition of definitions) await this.#accept(kind, definition, definitions);
    const ending = definitions.filter(awaitsCleanup);
    this.#isEmptying = ending.length > 0;
    for (const definition of ending) await this.#empty(kind, definition);
  }

  async #serve(resources: readonly Resource[]): Promise<void> {
    if (resources.length > 0) await loadPatterns();
    const { kinds } = this.#registry;
    const there = new Map(resources.map((resource) => [resource.metadata.name, asDefinition(resource)]));
    for (const name of this.#served.keys()) {
      if (there.has(name)) continue;
      kinds.define(name, undefined);
      this.#served.delete(name);
    }
    for (const [name, definition] of there) {
      const { uid, generation } = definition.metadata;
      const names = JSON.stringify(definition.status?.acceptedNames);
      const edition = `${uid} ${generation} ${names}`;
      if (!isEstablished(definition) || this.#served.get(name) === edition) continue;
      kinds.define(name, kindsOfDefinition(definition));
      this.#served.set(name, edition);
    }
  }

  async #accept(kind: Kind, definition: Definition, all: readonly Definition[]): Promise<void> {
    if (definition.metadata.deletionTimestamp !== undefined) return;
    const now = this.#now();
    const taken = this.#namesTaken(definition, all);
    const status = statusOf(definition, taken, now);
    if (status === definition.status) return;
    await this.#write(kind, definition, (current) => ({
      ...current,
      status: statusOf(asDefinition(current), taken, now),
    }));
    if (status) await this.#serve(all.map((one) => (one === definition ? { ...one, status } : one)));
  }

  /** Names in its group that others were accepted with before, or that came with the server. */
  #namesTaken(definition: Definition, all: readonly Definition[]): TakenNames {
    const { group } = definition.spec;
    const others = all.filter((one) => one !== definition && one.spec.group === group && isEstablished(one));
    const builtIn = this.#registry.kinds.all().filter((kind) => kind.group === group && !("custom" in kind));
    const taken = [
      ...others.flatMap(({ status }) => (status?.acceptedNames ? [namesOf(status.acceptedNames)] : [])),
      ...builtIn.map(namesOf),
    ];
    const known = (names: readonly string[]): ReadonlySet<string> =>
      new Set(names.filter((name) => name !== ""));
    return {
      resources: known(taken.flatMap(({ resources }) => resources)),
      kinds: known(taken.flatMap(({ kinds }) => kinds)),
    };
  }

  async #empty(kind: Kind, definition: Definition): Promise<void> {
    const { name } = definition.metadata;
    const left = isEstablished(definition)
      ? await deleteInstances(this.#registry, kindsOfDefinition(definition).stored)
      : 0;
    if (left > 0) return this.#tellProgress(kind, definition, left);
    this.#log(`CustomResourceDefinition "${name}" has no objects any more and goes`);
    await this.#write(
      kind,
      definition,
      (current) => ({
        ...current,
        metadata: {
          ...current.metadata,
          finalizers: (current.metadata.finalizers ?? []).filter((finalizer) => finalizer !== CLEANUP),
        },
      }),
      "main",
    );
  }

  async #tellProgress(kind: Kind, definition: Definition, left: number): Promise<void> {
    const now = this.#now();
    const progress = {
      type: "Terminating",
      status: "True",
      reason: "InstanceDeletionInProgress",
      message: `CustomResource deletion is in progress: ${left} remaining, held by their finalizers`,
    } as const;
    await this.#write(kind, definition, (current) => ({
      ...current,
      status: withCondition(asDefinition(current).status, progress, now),
    }));
  }

  #now(): string {
    return new Date(this.#clock()).toISOString().replace(/\.\d+Z$/, "Z");
  }

  async #write(
    kind: Kind,
    { metadata: { name, uid } }: Definition,
    change: (current: Resource) => Resource,
    endpoint: "status" | "main" = "status",
  ): Promise<void> {
    try {
      const checked = (current: Resource): unknown => {
        const next = change(current);
        return { ...next, metadata: { ...next.metadata, uid } };
      };
      await this.#registry.update(kind, { name }, checked, { endpoint, manager: MANAGER });
    } catch (error) {
      // Gone or made anew meanwhile, or another server was faster: that comes as a change of its own.
      if (!isApiError(error, "NotFound") && !isApiError(error, "Conflict")) throw error;
    }
  }
}

function keyOf(change: Change): string {
  return change.type === "put" ? change.entry.key : change.key;
}

import { setTimeout as pause } from "node:timers/promises";

import { accessKinds, clusterRoleKind } from "@freehold/apis/rbac";
import type { Backend, Batch, Change } from "@freehold/store";
import type { OnApplicationShutdown, OnModuleInit } from "@nestjs/common";

import { decode } from "../../registry/codec.ts";
import { ROOT } from "../../registry/keys.ts";
import type { Registry } from "../../registry/registry.ts";
import type { Revocations } from "../revocations.ts";
import { reconcileBootstrap } from "./reconcile-bootstrap.ts";
import { RoleIndex } from "./role-index.ts";

const PREFIX = `${ROOT}${clusterRoleKind.group}/`;
const RETRY_MS = 1000;

/** Without these nothing goes on; what is taken from them is given back at once and not only at the next start. */
const VITAL: ReadonlySet<string> = new Set(["system:agents", "system:controllers", "system:packages"]);

function isVital(change: Change): boolean {
  const key = change.type === "put" ? change.entry.key : change.key;
  return VITAL.has(key.slice(key.lastIndexOf("/") + 1));
}

/** The index of roles and bindings as they are in the store now, whoever wrote them: every server of a shared store follows. */
export class LiveRoles implements OnModuleInit, OnApplicationShutdown {
  readonly #backend: Backend;
  readonly #registry: Registry;
  readonly #revocations: Revocations;
  readonly #log: (message: string) => void;
  readonly #stopping = new AbortController();
  #index = new RoleIndex();
  #revision = 0;
  #following: Promise<void> = Promise.resolve();

  constructor(
    backend: Backend,
    registry: Registry,
    ...[revocations, log]: [Revocations, (message: string) => void]
  ) {
    this.#backend = backend;
    this.#registry = registry;
    this.#revocations = revocations;
    this.#log = log;
  }

  get index(): RoleIndex {
    return this.#index;
  }

  /** Nobody is let in before it is known who may what. */
  async onModuleInit(): Promise<void> {
    const served = accessKinds.every(({ group, version, plural }) =>
      this.#registry.kinds.find(group, version, plural),
    );
    if (!served) return;
    await reconcileBootstrap(this.#registry);
    await this.refresh();
    this.#following = this.#follow();
  }

  async onApplicationShutdown(): Promise<void> {
    this.#stopping.abort();
    await this.#following;
  }

  /** Looks at once: after a write through this server, what it gave or took holds when its answer comes. */
  async refresh(): Promise<void> {
    const { entries, revision } = await this.#backend.range(PREFIX);
    if (revision < this.#revision) return;
    const next = new RoleIndex();
    for (const entry of entries) next.put(decode(entry));
    this.#index = next;
    this.#revision = revision;
    this.#revocations.announce();
  }

  async #follow(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        for await (const batch of this.#backend.watch(PREFIX, this.#revision, signal))
          await this.#hear(batch);
      } catch (error) {
        if (signal.aborted) return;
        this.#log(`Cannot follow roles, and look again: ${String(error)}`);
        await pause(RETRY_MS, undefined, { signal, ref: false }).catch(() => undefined);
        await this.refresh().catch((cause: unknown) => this.#log(`Cannot read roles: ${String(cause)}`));
      }
    }
  }

  async #hear(batch: Batch): Promise<void> {
    this.#take(batch);
    if (batch.changes.some(isVital)) await reconcileBootstrap(this.#registry);
  }

  /** What a refresh has seen already is older than what is known. */
  #take({ revision, changes }: Batch): void {
    if (revision <= this.#revision) return;
    for (const change of changes) {
      if (change.type === "put") this.#index.put(decode(change.entry));
      else if (change.previous) this.#index.remove(decode(change.previous));
    }
    this.#revision = revision;
    if (changes.length > 0) this.#revocations.announce();
  }
}

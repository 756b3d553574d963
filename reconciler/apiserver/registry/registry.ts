import type { Kind, Resource } from "@freehold/apis";
import {
  type Backend,
  type Change,
  type Compare,
  type Entry,
  isStoreError,
  type Write,
} from "@freehold/store";

import { behaviourOf } from "../crd/behaviour.ts";
import type { RuleEngine } from "../crd/rule-engine.ts";
import { withConversions } from "../crd/with-conversions.ts";
import { ApiError, isApiError } from "../errors/api-error.ts";
import {
  alreadyExists,
  invalid,
  namespaceTerminating,
  notFound,
  resourceName,
  staleVersion,
} from "../errors/object-errors.ts";
import type { Author } from "../history/author.ts";
import { listRevisions, type Revision } from "../history/list-revisions.ts";
import { historyWrites, type ObjectChange } from "../history/record-change.ts";
import { watchResources, type WatchFrame, type WatchOptions } from "../watch/watch-resources.ts";
import { readAppliedConfig } from "./applied-config.ts";
import { decode, encode, stamped } from "./codec.ts";
import {
  cloneToChange,
  type Owners,
  ownersAfterUpdate,
  ownersOfNew,
  withFinalizersOf,
  withOwners,
  type Writing,
} from "./field-owners.ts";
import { keyOf, type ObjectKey, ROOT } from "./keys.ts";
import type { KindTable } from "./kind-table.ts";
import { listResources, type ListOptions, type ListResult } from "./list.ts";
import { checkMayCreate, prepareApply } from "./prepare-apply.ts";
import { prepareCreate } from "./prepare-create.ts";
import { type DeletePlan, prepareDelete } from "./prepare-delete.ts";
import { type Outcome, prepareUpdate } from "./prepare-update.ts";
import { readObject, type ReadObject } from "./read-object.ts";
import { openEntry, toStored } from "./stored-form.ts";
import type { Endpoint } from "./validate.ts";
import type {
  ApplyOptions,
  ApplyOutcome,
  DeleteResult,
  UpdateOptions,
  WriteOptions,
} from "./write-options.ts";

export interface RegistryPorts {
  readonly backend: Backend;
  readonly kinds: KindTable;
  /** Now, in milliseconds since the epoch. */
  readonly clock: () => number;
  readonly newUid: () => string;
  /** Five characters for generateName. */
  readonly newSuffix: () => string;
  /** Finalizers that objects of a kind are born with. */
  readonly finalizersOf?: (kind: Kind) => readonly string[];
  /** Runs rules of CustomResourceDefinitions; absent, they are not asked. */
  readonly rules?: RuleEngine;
}

/** How often a write is tried again when somebody else was faster. */
const ATTEMPTS = 100;
const NAME_ATTEMPTS = 8;

/** The generic registry: the same verbs for every kind, over a key-value store. Throws ApiError. */
export class Registry {
  readonly kinds: KindTable;
  readonly #ports: RegistryPorts;

  constructor(ports: RegistryPorts) {
    this.#ports = ports;
    this.kinds = ports.kinds;
  }

  async get(kind: Kind, key: ObjectKey): Promise<Resource> {
    return openEntry(kind, await this.#entry(kind, key));
  }

  async find(kind: Kind, key: ObjectKey): Promise<Resource | undefined> {
    const entry = await this.#ports.backend.get(keyOf(kind, key));
    return entry && openEntry(kind, entry);
  }

  list(kind: Kind, options: ListOptions = {}): Promise<ListResult> {
    return listResources(this.#ports.backend, kind, options);
  }

  watch(kind: Kind, options: WatchOptions, signal: AbortSignal): AsyncIterable<WatchFrame> {
    const kindNow = (): Kind => this.kinds.find(kind.group, kind.version, kind.plural) ?? kind;
    return watchResources(this.#ports.backend, kind, { ...options, kindNow }, signal);
  }

  /** Every change of every kind from now on. The first, empty batch says that nothing after it can be missed. */
  async *changes(signal: AbortSignal): AsyncGenerator<readonly Change[]> {
    const { backend } = this.#ports;
    const after = await backend.revision();
    yield [];
    for await (const { changes } of backend.watch(ROOT, after, signal)) yield changes;
  }

  async create(
    kind: Kind,
    namespace: string | undefined,
    raw: unknown,
    options: WriteOptions = {},
  ): Promise<Resource> {
    const sent = readObject(kind, raw);
    if (sent.unknownFields.length > 0) options.onUnknownFields?.(sent.unknownFields);
    const { managedFields } = sent.resource.metadata;
    const writing = this.#writing(options, "main");
    const ownersOf = (born: Resource): Owners => ownersOfNew(kind, born, managedFields, writing);
    const { dryRun, author, admit } = options;
    return this.#insert(kind, sent, { namespace, dryRun, author, admit, ownersOf });
  }

  async #insert(
    kind: Kind,
    sent: ReadObject,
    how: {
      readonly namespace: string | undefined;
      readonly dryRun: boolean | undefined;
      readonly author: Author | undefined;
      readonly admit: WriteOptions["admit"];
      readonly ownersOf: (born: Resource) => Owners;
    },
  ): Promise<Resource> {
    const { namespace } = how;
    const behaviour = behaviourOf(kind);
    behaviour?.checkMayCreate?.();
    await behaviour?.ready?.();
    const generated = sent.resource.metadata.name === "";
    for (let attempt = 1; ; attempt += 1) {
      const home = await this.#namespaceOf(kind, namespace, sent.resource.metadata.name);
      const born = prepareCreate(kind, sent, {
        namespace,
        now: this.#now(),
        uid: this.#ports.newUid(),
        suffix: this.#ports.newSuffix(),
        finalizers: this.#ports.finalizersOf?.(kind) ?? [],
      });
      const ownersOf = (): Owners => how.ownersOf(withFinalizersOf(sent.resource, born));
      const resource = withOwners(born, await withConversions(ownersOf));
      await this.#checkRules(kind, resource, undefined);
      how.admit?.({ kind, before: undefined, after: resource });
      const key = keyOf(kind, resource.metadata);
      const taken = await this.#ports.backend.get(key);
      if (taken && (!generated || attempt >= NAME_ATTEMPTS)) throw existsAlready(kind, taken);
      if (taken) continue;
      if (how.dryRun) return resource;
      const { stored, answered } = await toStored(kind, resource);
      const write: Write = { type: "put", key, value: encode(stored) };
      const past = this.#history({ kind, before: undefined, after: resource }, how.author);
      const revision = await this.#tryCommit([{ key, modRevision: 0 }, ...home], [write, ...past]);
      if (revision !== undefined) return stamped(answered, revision);
      if (attempt >= ATTEMPTS) throw staleVersion(kind, resource.metadata.name);
    }
  }

  /** Reads, changes and writes until nobody interfered. A `resourceVersion` in what `change` returns must be the current one. */
  async update(
    kind: Kind,
    key: ObjectKey,
    change: (current: Resource) => unknown,
    options: UpdateOptions = {},
  ): Promise<Resource> {
    const { endpoint = "main" } = options;
    const writing = this.#writing(options, endpoint);
    const outcome = await this.#rewrite(kind, key, options, (current) => {
      const sent = readObject(kind, change(cloneToChange(current)));
      if (sent.unknownFields.length > 0) options.onUnknownFields?.(sent.unknownFields);
      const { managedFields } = sent.resource.metadata;
      const ownersOf = (resource: Resource): Owners =>
        ownersAfterUpdate(kind, current, { resource, sent: managedFields }, writing);
      return prepareUpdate(kind, current, sent, { endpoint, ownersOf });
    });
    return outcome.resource;
  }

  /**
   * Server-side apply: lays a configuration over the object, or makes it. Throws 409 with the fields that others own, unless forced.
   */
  async apply(kind: Kind, key: ObjectKey, raw: unknown, options: ApplyOptions): Promise<ApplyOutcome> {
    const config = readAppliedConfig(kind, key, raw);
    const { endpoint = "main", force, dryRun, author, admit } = options;
    const plan = { writing: this.#writing(options, endpoint), force };
    const overlay = (current: Resource): Outcome => {
      options.onObject?.(current);
      const { object, owners } = prepareApply(kind, current, config, plan);
      const sent = readObject(kind, object);
      options.onObject?.(sent.resource);
      return prepareUpdate(kind, current, sent, { endpoint, ownersOf: () => owners });
    };
    for (let attempt = 1; ; attempt += 1) {
      const exists = endpoint !== "main" || (await this.#ports.backend.get(keyOf(kind, key))) !== undefined;
      try {
        if (exists)
          return { resource: (await this.#rewrite(kind, key, options, overlay)).resource, created: false };
        options.onMissing?.();
        checkMayCreate(kind, key.name, config);
        const { object, owners } = await withConversions(() => prepareApply(kind, undefined, config, plan));
        const sent = readObject(kind, object);
        options.onObject?.(sent.resource);
        const how = { namespace: key.namespace, dryRun, author, admit, ownersOf: () => owners };
        return { resource: await this.#insert(kind, sent, how), created: true };
      } catch (error) {
        // Somebody removed or made it meanwhile: then it is the other way of the two.
        const isRace = endpoint === "main" && isApiError(error, exists ? "NotFound" : "AlreadyExists");
        if (!isRace || attempt >= ATTEMPTS) throw error;
      }
    }
  }

  async delete(
    kind: Kind,
    key: ObjectKey,
    plan: DeletePlan = {},
    options: WriteOptions = {},
  ): Promise<DeleteResult> {
    const isProtected = kind.id === "Namespace" && ["default", "kube-system"].includes(key.name);
    if (isProtected) {
      const message = `${resourceName(kind)} "${key.name}" is forbidden: this namespace may not be deleted`;
      throw new ApiError(403, "Forbidden", message, { details: { name: key.name, kind: kind.plural } });
    }
    const { do: done, resource } = await this.#rewrite(
      kind,
      key,
      { ...options, isDeletion: true },
      (current) => prepareDelete(kind, current, plan, this.#now()),
    );
    return { resource, gone: done === "remove" };
  }

  async #rewrite(
    kind: Kind,
    key: ObjectKey,
    { dryRun, author, admit, isDeletion = false }: WriteOptions & { readonly isDeletion?: boolean },
    decide: (current: Resource) => Outcome,
  ): Promise<Outcome> {
    await behaviourOf(kind)?.ready?.();
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const entry = await this.#entry(kind, key);
      const before = await openEntry(kind, entry);
      const outcome = await withConversions(() => decide(before));
      if (outcome.do === "write" && !isDeletion) await this.#checkRules(kind, outcome.resource, before);
      if (outcome.do === "write") admit?.({ kind, before, after: outcome.resource });
      if (outcome.do === "nothing" || dryRun) return outcome;
      const isRemoval = outcome.do === "remove";
      const { stored, answered } = isRemoval
        ? { stored: undefined, answered: outcome.resource }
        : await toStored(kind, outcome.resource);
      const write: Write = stored
        ? { type: "put", key: entry.key, value: encode(stored) }
        : { type: "delete", key: entry.key };
      const after = isRemoval ? undefined : outcome.resource;
      const past = this.#history({ kind, before, after }, author);
      const seen = { key: entry.key, modRevision: entry.modRevision };
      const revision = await this.#tryCommit([seen], [write, ...past]);
      if (revision !== undefined) return { do: outcome.do, resource: stamped(answered, revision) };
    }
    throw staleVersion(kind, key.name);
  }

  /** Who changed an object's wish, and how; newest first. */
  history(
    kind: Kind,
    key: ObjectKey,
  ): Promise<{ readonly items: readonly Revision[]; readonly resourceVersion: string }> {
    return listRevisions(this.#ports.backend, kind, key);
  }

  /** Throws 422 for rules that do not hold. */
  async #checkRules(kind: Kind, next: Resource, old: Resource | undefined): Promise<void> {
    const { rules } = this.#ports;
    const problems = rules ? await behaviourOf(kind)?.ruleProblems?.(rules, next, old) : undefined;
    if (problems && problems.length > 0) throw invalid(kind, next.metadata.name, problems);
  }

  /** What goes into the transaction of a write, so that neither is kept without the other. */
  #history(change: ObjectChange, author: Author | undefined): readonly Write[] {
    if (!author) return [];
    const { clock, newSuffix } = this.#ports;
    return historyWrites(change, author, { now: clock(), suffix: newSuffix() });
  }

  /** Undefined when a compare did not hold. */
  async #tryCommit(compares: readonly Compare[], writes: readonly Write[]): Promise<number | undefined> {
    try {
      return await this.#ports.backend.commit(compares, writes);
    } catch (error) {
      if (isStoreError(error, "Conflict")) return undefined;
      throw error;
    }
  }

  /** The namespace must exist, and still exist when the object is written. */
  async #namespaceOf(kind: Kind, namespace: string | undefined, name: string): Promise<readonly Compare[]> {
    if (kind.scope === "Cluster") return [];
    const namespaceKind = this.kinds.find("", "v1", "namespaces");
    if (!namespaceKind || namespace === undefined) return [];
    const entry = await this.#entry(namespaceKind, { name: namespace });
    if (decode(entry).metadata.deletionTimestamp !== undefined)
      throw namespaceTerminating(kind, name, namespace);
    return [{ key: entry.key, modRevision: entry.modRevision }];
  }

  async #entry(kind: Kind, key: ObjectKey): Promise<Entry> {
    const entry = await this.#ports.backend.get(keyOf(kind, key));
    if (!entry) throw notFound(kind, key.name);
    return entry;
  }

  #writing({ manager = "unknown" }: WriteOptions, endpoint: Endpoint): Writing {
    return { manager, endpoint, now: this.#now() };
  }

  #now(): string {
    return new Date(this.#ports.clock()).toISOString().replace(/\.\d+Z$/, "Z");
  }
}

function existsAlready(kind: Kind, entry: Entry): ApiError {
  const { metadata } = decode(entry);
  return alreadyExists(kind, metadata.name, metadata.deletionTimestamp !== undefined);
}

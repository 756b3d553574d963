import BTreeModule from "sorted-btree";

import type {
  Backend,
  Batch,
  Change,
  Compare,
  Entry,
  RangeOptions,
  RangeResult,
  Revision,
  Write,
} from "../backend.ts";
import { checkFrom } from "../check-writes.ts";
import { StoreError } from "../errors.ts";
import { compareKeys } from "./compare-keys.ts";
import { prepareChanges } from "./prepare-changes.ts";
import { WatchHub } from "./watch-hub.ts";

const BTree = BTreeModule.default;

interface Version {
  readonly revision: Revision;
  /** Undefined is a tombstone. */
  readonly entry: Entry | undefined;
}

/** A version of a key that compaction dropped. */
export interface ForgottenVersion {
  readonly key: string;
  readonly revision: Revision;
}

/** Decides transactions one after the other, each seeing those before it, without anybody else seeing them. */
export interface Draft {
  prepare(compares: readonly Compare[], writes: readonly Write[]): readonly Change[];
}

/** The whole store in memory, with history since the last compaction. The embedded backend uses it as its read path. */
export class MemoryBackend implements Backend {
  readonly #versions = new BTree<string, Version[]>(undefined, compareKeys);
  readonly #hub: WatchHub;
  #revision: Revision = 1;
  #compacted: Revision = 0;

  /** `maxBacklog`: batches a watcher may be behind before it is cut off. */
  constructor({ maxBacklog }: { readonly maxBacklog?: number } = {}) {
    this.#hub = new WatchHub(maxBacklog);
  }

  async range(prefix: string, options: RangeOptions = {}): Promise<RangeResult> {
    checkFrom(prefix, options.from);
    const at = options.at ?? this.#revision;
    if (at < this.#compacted) throw compacted(at, this.#compacted);
    if (at > this.#revision) {
      throw new StoreError(
        "FutureRevision",
        `Cannot read at revision ${at}: the newest is ${this.#revision}`,
        {
          revision: this.#revision,
        },
      );
    }
    const entries: Entry[] = [];
    let count = 0;
    for (const [key, versions] of this.#versions.entries(options.from ?? prefix)) {
      if (!key.startsWith(prefix)) break;
      const entry = versions.findLast((version) => version.revision <= at)?.entry;
      if (!entry) continue;
      count += 1;
      if (options.limit === undefined || entries.length < options.limit) entries.push(entry);
    }
    return { entries, revision: this.#revision, more: count > entries.length, count };
  }

  async get(key: string): Promise<Entry | undefined> {
    return this.#newest(key);
  }

  async commit(compares: readonly Compare[], writes: readonly Write[]): Promise<Revision> {
    return this.publish(this.draft().prepare(compares, writes));
  }

  async *watch(prefix: string, after: Revision, signal: AbortSignal): AsyncIterable<Batch> {
    if (after < this.#compacted) throw compacted(after, this.#compacted);
    yield* this.#hub.follow({ prefix, after, history: this.#history(prefix, after) }, signal);
  }

  async revision(): Promise<Revision> {
    return this.#revision;
  }

  async compact(below: Revision): Promise<void> {
    this.forget(below);
  }

  /** Compacts, and says which versions nobody can read any more. Throws StoreError `FutureRevision`. */
  forget(below: Revision): readonly ForgottenVersion[] {
    if (below > this.#revision) {
      const message = `Cannot compact below ${below}: the newest is ${this.#revision}`;
      throw new StoreError("FutureRevision", message, { revision: this.#revision });
    }
    if (below <= this.#compacted) return [];
    this.#compacted = below;
    const forgotten: ForgottenVersion[] = [];
    const gone: string[] = [];
    for (const [key, versions] of this.#versions.entries()) {
      const newest = versions.findLastIndex((version) => version.revision <= below);
      const kept = versions[newest];
      // A deletion below the line says what absence says as well; one at the line is still to be told to watches.
      const isOver = kept && kept.entry === undefined && kept.revision < below;
      const dropped = versions.splice(0, isOver ? newest + 1 : Math.max(0, newest));
      for (const { revision } of dropped) forgotten.push({ key, revision });
      if (versions.length === 0) gone.push(key);
    }
    for (const key of gone) this.#versions.delete(key);
    return forgotten;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#hub.close();
  }

  draft(): Draft {
    const pending = new Map<string, Entry | undefined>();
    let revision = this.#revision;
    return {
      prepare: (compares, writes) => {
        const newest = (key: string): Entry | undefined =>
          pending.has(key) ? pending.get(key) : this.#newest(key);
        const changes = prepareChanges({ compares, writes, revision: revision + 1, newest });
        if (changes.length > 0) revision += 1;
        for (const change of changes) {
          if (change.type === "put") pending.set(change.entry.key, change.entry);
          else pending.set(change.key, undefined);
        }
        return changes;
      },
    };
  }

  /** Makes the next prepared transaction visible to readers and watchers. Returns the revision it is at. */
  publish(changes: readonly Change[]): Revision {
    if (changes.length === 0) return this.#revision;
    this.#revision += 1;
    for (const change of changes) {
      const key = change.type === "put" ? change.entry.key : change.key;
      const entry = change.type === "put" ? change.entry : undefined;
      this.#append(key, { revision: this.#revision, entry });
    }
    this.#hub.publish({ revision: this.#revision, changes });
    return this.#revision;
  }

  /** Adds history to a store nobody uses yet, in order of revision. */
  restore(history: readonly (Version & { readonly key: string })[]): void {
    for (const { key, revision, entry } of history) this.#append(key, { revision, entry });
  }

  /** Ends restoring: says where the history ends, and where it begins. */
  resume({ revision, compacted }: { readonly revision: Revision; readonly compacted: Revision }): void {
    this.#revision = revision;
    this.#compacted = compacted;
  }

  #append(key: string, version: Version): void {
    const versions = this.#versions.get(key);
    if (versions) versions.push(version);
    else this.#versions.set(key, [version]);
  }

  #newest(key: string): Entry | undefined {
    return this.#versions.get(key)?.at(-1)?.entry;
  }

  #history(prefix: string, after: Revision): readonly Batch[] {
    const batches = new Map<Revision, Change[]>();
    if (after >= this.#revision) return [];
    for (const [key, versions] of this.#versions.entries(prefix)) {
      if (!key.startsWith(prefix)) break;
      versions.forEach(({ revision, entry }, i) => {
        if (revision <= after) return;
        const previous = versions[i - 1]?.entry;
        const batch = batches.get(revision) ?? [];
        batches.set(revision, batch);
        batch.push(entry ? { type: "put", entry, previous } : { type: "delete", key, revision, previous });
      });
    }
    return [...batches].toSorted(([a], [b]) => a - b).map(([revision, changes]) => ({ revision, changes }));
  }
}

function compacted(at: Revision, oldest: Revision): StoreError {
  return new StoreError("Compacted", `Cannot go back to revision ${at}: compacted up to ${oldest}`, {
    revision: oldest,
  });
}

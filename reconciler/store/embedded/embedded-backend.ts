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
import { StoreError } from "../errors.ts";
import { MemoryBackend } from "../memory/memory-backend.ts";
import type { Row } from "./rows.ts";
import { StoreWriter } from "./store-writer.ts";

/** Transactions and bytes in one commit to disk, so that a crowd does not make everybody wait long. */
const MAX_GROUP = 256;
const MAX_GROUP_BYTES = 2 * 1024 * 1024;

/** Versions dropped in one transaction, so that commits wait for a few milliseconds at most. */
const FORGET_SLICE = 100;

interface Pending {
  readonly compares: readonly Compare[];
  readonly writes: readonly Write[];
  resolve(revision: Revision): void;
  reject(error: unknown): void;
}

interface Decided {
  readonly pending: Pending;
  readonly changes: readonly Change[];
  readonly error?: unknown;
}

export interface EmbeddedOptions {
  /** Batches a watcher may be behind before it is cut off. */
  readonly maxBacklog?: number;
  /** Hears when the writer thread is gone: from then on every commit is refused until the file is opened anew. */
  readonly onLost?: (error: StoreError) => void;
}

/**
 * The default store: SQLite in WAL mode with synchronous=FULL, written by a thread of its own. Whatever queued while the former
 * commit ran goes to disk together (group commit). Reads and watches come from an index in memory, which learns of a write
 * only once it is durable.
 */
export class EmbeddedBackend implements Backend {
  readonly #index: MemoryBackend;
  readonly #writer: StoreWriter;
  readonly #queue: Pending[] = [];
  #draining: Promise<void> | undefined;
  #closed = false;

  private constructor(index: MemoryBackend, writer: StoreWriter) {
    this.#index = index;
    this.#writer = writer;
  }

  /** Throws StoreError `Unavailable` when another process has the file, `Corrupt` when it is damaged. */
  static async open(file: string, options: EmbeddedOptions = {}): Promise<EmbeddedBackend> {
    const { onLost = () => undefined, ...indexOptions } = options;
    const { writer, revision, compacted } = await StoreWriter.open(file, onLost);
    const index = new MemoryBackend(indexOptions);
    try {
      for await (const rows of writer.load()) index.restore(rows.map(versionOf));
    } catch (error) {
      await writer.kill();
      throw namingFile(error, file);
    }
    index.resume({ revision, compacted });
    return new EmbeddedBackend(index, writer);
  }

  range(prefix: string, options?: RangeOptions): Promise<RangeResult> {
    return this.#index.range(prefix, options);
  }

  get(key: string): Promise<Entry | undefined> {
    return this.#index.get(key);
  }

  commit(compares: readonly Compare[], writes: readonly Write[]): Promise<Revision> {
    return new Promise((resolve, reject) => {
      if (this.#closed) {
        reject(closed());
        return;
      }
      this.#queue.push({ compares, writes, resolve, reject });
      this.#draining ??= this.#drain();
    });
  }

  watch(prefix: string, after: Revision, signal: AbortSignal): AsyncIterable<Batch> {
    return this.#index.watch(prefix, after, signal);
  }

  revision(): Promise<Revision> {
    return this.#index.revision();
  }

  /** In slices, between which commits go on. */
  async compact(below: Revision): Promise<void> {
    // The disk follows the index: it may keep what nobody reads any more, but not the other way round.
    const versions = this.#index.forget(below);
    for (let i = 0; i < versions.length; i += FORGET_SLICE) {
      await this.#writer.ask({ type: "forget", below, versions: versions.slice(i, i + FORGET_SLICE) });
    }
    if (versions.length > 0) await this.#writer.ask({ type: "checkpoint" });
  }

  /** Lets what is on its way to the disk arrive; what still waits in line is refused. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const { reject } of this.#queue.splice(0)) reject(closed());
    await this.#draining;
    await this.#index[Symbol.asyncDispose]();
    await this.#writer.close();
  }

  async #drain(): Promise<void> {
    // Whoever commits in the same turn of the event loop still gets into the first group.
    await Promise.resolve();
    while (this.#queue.length > 0) await this.#commitGroup(this.#takeGroup());
    this.#draining = undefined;
  }

  #takeGroup(): readonly Pending[] {
    let bytes = 0;
    let count = 0;
    for (const { writes } of this.#queue) {
      bytes += writes.reduce((sum, write) => sum + (write.type === "put" ? write.value.length : 0), 0);
      if (count > 0 && (count === MAX_GROUP || bytes > MAX_GROUP_BYTES)) break;
      count += 1;
    }
    return this.#queue.splice(0, count);
  }

  /** Everybody in the group, losers too, hears the outcome only when it is certain: a loser lost to something that became true. */
  async #commitGroup(group: readonly Pending[]): Promise<void> {
    const draft = this.#index.draft();
    const decided = group.map((pending): Decided => {
      try {
        return { pending, changes: draft.prepare(pending.compares, pending.writes) };
      } catch (error) {
        return { pending, changes: [], error };
      }
    });
    const rows = decided.flatMap(({ changes }) => changes.map(rowOf));
    try {
      if (rows.length > 0) await this.#writer.ask({ type: "commit", rows });
    } catch (error) {
      for (const { pending } of decided) pending.reject(error);
      return;
    }
    for (const { pending, changes, error } of decided) {
      if (error !== undefined) {
        pending.reject(error);
        continue;
      }
      pending.resolve(this.#index.publish(changes));
    }
  }
}

function rowOf(change: Change, part: number): Row {
  if (change.type === "delete") {
    return { revision: change.revision, part, key: change.key, createRevision: 0, version: 0, value: null };
  }
  const { key, value, createRevision, modRevision, version } = change.entry;
  return { revision: modRevision, part, key, createRevision, version, value };
}

function versionOf({ revision, key, createRevision, version, value }: Row): {
  readonly key: string;
  readonly revision: Revision;
  readonly entry: Entry | undefined;
} {
  const entry = value === null ? undefined : { key, value, createRevision, modRevision: revision, version };
  return { key, revision, entry };
}

function closed(): StoreError {
  return new StoreError("Unavailable", "Cannot commit: the store is closed");
}

/** Rows are checked where nobody knows the file's name. */
function namingFile(error: unknown, file: string): unknown {
  if (!(error instanceof StoreError)) return error;
  return new StoreError(error.code, `Cannot open the store "${file}": ${error.message}`, { cause: error });
}

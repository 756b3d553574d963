/**
 * The key-value store below everything, with etcd's revisions and watch semantics. Three implementations (memory, embedded,
 * etcd) pass one suite, `conformance/`. Keys are UTF-8 paths compared by bytes (`/registry/storage.freehold.dev/volumes/default/main`).
 * Values belong to the store once they are given to it, and to all its readers when they come back: nobody may change the bytes.
 */

/** The store's counter: +1 for each committed write transaction, never reused, never backwards. Fits a double (2^53). */
export type Revision = number;

export interface Entry {
  readonly key: string;
  readonly value: Uint8Array;
  readonly createRevision: Revision;
  /** Revision of the last change to this key. */
  readonly modRevision: Revision;
  /** Changes since creation; 1 after create, and again after delete and create. */
  readonly version: number;
}

/** Holds when the key's modRevision equals; 0 means "does not exist". */
export interface Compare {
  readonly key: string;
  readonly modRevision: Revision;
}

export type Write =
  | { readonly type: "put"; readonly key: string; readonly value: Uint8Array }
  | { readonly type: "delete"; readonly key: string };

/** One key's change. All changes of one transaction share a revision and are delivered in one batch. */
export type Change =
  | { readonly type: "put"; readonly entry: Entry; readonly previous: Entry | undefined }
  | {
      readonly type: "delete";
      readonly key: string;
      readonly revision: Revision;
      readonly previous: Entry | undefined;
    };

export interface Batch {
  readonly revision: Revision;
  /** Empty when this only says how far the watch has come. */
  readonly changes: readonly Change[];
}

export interface RangeOptions {
  /** Read as of this revision; the newest when absent. */
  readonly at?: Revision;
  /** Most entries to return. */
  readonly limit?: number;
  /** First key to return, inclusive; must begin with the prefix. */
  readonly from?: string;
}

export interface RangeResult {
  readonly entries: readonly Entry[];
  /** The store's revision at the read, not the greatest of the entries. */
  readonly revision: Revision;
  /** Whether `limit` left entries out. */
  readonly more: boolean;
  /** Entries from `from` to the end of the prefix, before `limit`. */
  readonly count: number;
}

export interface Backend extends AsyncDisposable {
  /** Linearizable. Throws StoreError `Compacted` below the compacted revision, `FutureRevision` above the newest. */
  range(prefix: string, options?: RangeOptions): Promise<RangeResult>;
  /** One key, newest; linearizable. */
  get(key: string): Promise<Entry | undefined>;
  /**
   * Writes all or nothing, at one new revision, once it is durable. Throws StoreError `Conflict` when a compare does not hold, Error
   * when a key is written twice, and `Unavailable` when nothing is known of the outcome. A transaction whose only writes
   * delete keys that do not exist makes no revision and returns the current one.
   */
  commit(compares: readonly Compare[], writes: readonly Write[]): Promise<Revision>;
  /**
   * Every change below the prefix with a revision greater than `after`, in order, without gap or doubling; then live until the
   * signal aborts, which ends the iteration normally. Throws StoreError `Compacted` when `after` is below the compacted revision
   * (watching from the compacted revision itself works). A consumer that falls far behind gets StoreError `SlowConsumer`.
   */
  watch(prefix: string, after: Revision, signal: AbortSignal): AsyncIterable<Batch>;
  /** The newest revision. */
  revision(): Promise<Revision>;
  /**
   * Forgets what is only of interest below this revision. The newest value of each live key stays readable. Does nothing when it
   * was compacted this far already; throws FutureRevision above the newest.
   */
  compact(below: Revision): Promise<void>;
}

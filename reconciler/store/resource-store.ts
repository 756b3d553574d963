import type { Kind, Ref, Resource } from "@freehold/apis";

/** Objects as controllers see them: typed, with optimistic concurrency. Implemented in process over a Backend, and by the API client. */
export interface ResourceStore {
  get<R extends Resource>(kind: Kind<R>, name: string, namespace?: string): Promise<R | undefined>;
  list<R extends Resource>(
    kind: Kind<R>,
  ): Promise<{ readonly items: readonly R[]; readonly resourceVersion: string }>;
  /**
   * The newest states since `resourceVersion` (a list's), in order; states in between may be missing. Throws StoreError
   * `Compacted` when the position is too old: list again. Ends when the signal aborts.
   */
  watch<R extends Resource>(
    kind: Kind<R>,
    resourceVersion: string,
    signal: AbortSignal,
  ): AsyncIterable<ResourceChange<R>>;
  /** Throws StoreError `Exists`, InvalidError. */
  create<R extends Resource>(kind: Kind<R>, resource: R, by: Writer): Promise<R>;
  /** Replaces everything but status. Throws StoreError `Conflict` when resourceVersion is stale, `NotFound`, InvalidError. A change of nothing writes nothing. */
  update<R extends Resource>(kind: Kind<R>, resource: R, by: Writer): Promise<R>;
  /** Replaces status alone; same errors. */
  updateStatus<R extends Resource>(kind: Kind<R>, resource: R, by: Writer): Promise<R>;
  /** Marks for deletion, or removes at once when no finalizer is left. Missing objects are no error. `uid` guards against a namesake. */
  delete(kind: Kind, ref: Ref, by: Writer, uid?: string): Promise<void>;
}

/** Who writes: a controller's name; becomes the field manager and is checked against the ownership table. */
export interface Writer {
  readonly name: string;
}

export type ResourceChange<R extends Resource> =
  | { readonly type: "put"; readonly resource: R }
  | { readonly type: "delete"; readonly resource: R }
  /** Everything up to here has been delivered. */
  | { readonly type: "bookmark"; readonly resourceVersion: string };

import type { Kind, Resource } from "@freehold/apis";
import { type Backend, type Change, isStoreError } from "@freehold/store";

import type { ApiError } from "../errors/api-error.ts";
import { expired, futureVersion } from "../errors/request-errors.ts";
import { decode } from "../registry/codec.ts";
import { listPrefix } from "../registry/keys.ts";
import { parseResourceVersion } from "../registry/list.ts";
import { decodeShared } from "./recent-objects.ts";

export interface WatchOptions {
  readonly namespace?: string | undefined;
  /** Absent: state first. "0": the same. Otherwise what came strictly after. */
  readonly resourceVersion?: string | undefined;
  /** The whole state first, then a mark, then what follows. */
  readonly sendInitialEvents?: boolean | undefined;
  readonly matches?: ((resource: Resource) => boolean) | undefined;
}

export type WatchFrame =
  | { readonly type: "ADDED" | "MODIFIED" | "DELETED"; readonly object: Resource; readonly revision: number }
  /** Nothing to tell, but everything up to here was. `initialEnd` closes the initial state. */
  | { readonly type: "PROGRESS"; readonly revision: number; readonly initialEnd: boolean }
  /** The last frame. */
  | { readonly type: "ERROR"; readonly error: ApiError };

/** A kind's changes as Kubernetes tells them. Ends with the signal, or after an ERROR. */
export async function* watchResources(
  backend: Backend,
  kind: Kind,
  options: WatchOptions,
  signal: AbortSignal,
): AsyncGenerator<WatchFrame> {
  const { resourceVersion = "" } = options;
  const prefix = listPrefix(kind, options.namespace);
  const requested = resourceVersion === "" ? 0 : parseResourceVersion(resourceVersion);
  const current = await backend.revision();
  if (requested > current) throw futureVersion(requested, current);
  const wantsState = requested === 0 || options.sendInitialEvents === true;
  const after = wantsState ? yield* initialState(backend, prefix, options) : requested;
  try {
    for await (const { revision, changes } of backend.watch(prefix, after, signal)) {
      yield* changes.flatMap((change) => framesOf(change, options.matches));
      yield { type: "PROGRESS", revision, initialEnd: false };
    }
  } catch (error) {
    yield endOf(error, after);
  }
}

/** Everything there is, and the revision it was read at. */
async function* initialState(
  backend: Backend,
  prefix: string,
  { matches, sendInitialEvents = false }: WatchOptions,
): AsyncGenerator<WatchFrame, number> {
  const { entries, revision } = await backend.range(prefix);
  for (const entry of entries) {
    const object = decode(entry);
    if (matches?.(object) ?? true) yield { type: "ADDED", object, revision: entry.modRevision };
  }
  yield { type: "PROGRESS", revision, initialEnd: sendInitialEvents };
  return revision;
}

/** What a change looks like through a selector: an object may come into view and leave it. */
function framesOf(change: Change, matches: WatchOptions["matches"]): readonly WatchFrame[] {
  const revision = change.type === "put" ? change.entry.modRevision : change.revision;
  if (!matches && change.type === "put") {
    const type = change.previous ? "MODIFIED" : "ADDED";
    return [{ type, object: decodeShared(change.entry), revision }];
  }
  // The last state carries the revision of the event, so that the client can go on from it.
  const before = change.previous && decodeShared(change.previous, revision);
  const seen = before !== undefined && (matches?.(before) ?? true);
  if (change.type === "put") {
    const object = decodeShared(change.entry);
    if (matches?.(object) ?? true) return [{ type: seen ? "MODIFIED" : "ADDED", object, revision }];
  }
  return seen ? [{ type: "DELETED", object: before, revision }] : [];
}

function endOf(error: unknown, after: number): WatchFrame {
  if (isStoreError(error, "Compacted")) {
    return { type: "ERROR", error: expired(`too old resource version: ${after} (${error.message})`) };
  }
  if (isStoreError(error, "SlowConsumer")) {
    return {
      type: "ERROR",
      error: expired(`the watch fell behind and was closed at resource version ${after}`),
    };
  }
  throw error;
}

import type { Kind, Resource } from "@freehold/apis";
import { type Backend, type Change, type Entry, isStoreError } from "@freehold/store";

import { isCustomKind } from "../crd/custom-kind.ts";
import type { ApiError } from "../errors/api-error.ts";
import { expired, futureVersion } from "../errors/request-errors.ts";
import { listPrefix } from "../registry/keys.ts";
import { parseResourceVersion } from "../registry/list.ts";
import { openerOf } from "../registry/stored-form.ts";
import { decodeShared, openShared } from "./recent-objects.ts";

export interface WatchOptions {
  readonly namespace?: string | undefined;
  /** Absent: state first. "0": the same. Otherwise what came strictly after. */
  readonly resourceVersion?: string | undefined;
  /** The whole state first, then a mark, then what follows. */
  readonly sendInitialEvents?: boolean | undefined;
  readonly matches?: ((resource: Resource) => boolean) | undefined;
  /** The kind as its definition describes it by now: a watch may last longer than that. */
  readonly kindNow?: (() => Kind) | undefined;
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
  const after = wantsState ? yield* initialState(backend, kind, options) : requested;
  try {
    for await (const { revision, changes } of backend.watch(prefix, after, signal)) {
      const read = isCustomKind(kind) ? await readerOf(options.kindNow?.() ?? kind, changes) : decodeShared;
      yield* changes.flatMap((change) => framesOf(change, options.matches, read));
      yield { type: "PROGRESS", revision, initialEnd: false };
    }
  } catch (error) {
    yield endOf(error, after);
  }
}

/** Everything there is, and the revision it was read at. */
async function* initialState(
  backend: Backend,
  kind: Kind,
  { namespace, matches, sendInitialEvents = false }: WatchOptions,
): AsyncGenerator<WatchFrame, number> {
  const { entries, revision } = await backend.range(listPrefix(kind, namespace));
  const open = await openerOf(kind, entries);
  for (const entry of entries) {
    const object = open(entry);
    if (matches?.(object) ?? true) yield { type: "ADDED", object, revision: entry.modRevision };
  }
  yield { type: "PROGRESS", revision, initialEnd: sendInitialEvents };
  return revision;
}

type Read = (entry: Entry, revision?: number) => Resource;

/** Opens what changes hold beforehand, so that frames can be made of them at once. */
async function readerOf(kind: Kind, changes: readonly Change[]): Promise<Read> {
  const opened = new Map<string, Resource>();
  const idOf = (entry: Entry, revision: number): string => `${entry.modRevision} ${revision} ${entry.key}`;
  const open = async (entry: Entry, revision: number): Promise<void> =>
    void opened.set(idOf(entry, revision), await openShared(kind, entry, revision));
  for (const change of changes) {
    const revision = change.type === "put" ? change.entry.modRevision : change.revision;
    if (change.type === "put") await open(change.entry, revision);
    if (change.previous) await open(change.previous, revision);
  }
  return (entry, revision = entry.modRevision) =>
    opened.get(idOf(entry, revision)) ?? decodeShared(entry, revision);
}

/** What a change looks like through a selector: an object may come into view and leave it. */
function framesOf(change: Change, matches: WatchOptions["matches"], read: Read): readonly WatchFrame[] {
  const revision = change.type === "put" ? change.entry.modRevision : change.revision;
  if (!matches && change.type === "put") {
    const type = change.previous ? "MODIFIED" : "ADDED";
    return [{ type, object: read(change.entry), revision }];
  }
  // The last state carries the revision of the event, so that the client can go on from it.
  const before = change.previous && read(change.previous, revision);
  const seen = before !== undefined && (matches?.(before) ?? true);
  if (change.type === "put") {
    const object = read(change.entry);
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

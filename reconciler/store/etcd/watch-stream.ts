import { Readable } from "node:stream";

import type { Etcd3, IWatchResponse } from "etcd3";

import type { Batch, Change, Revision } from "../backend.ts";
import { StoreError } from "../errors.ts";
import { changeOf, rangeOf } from "./etcd-entry.ts";

export interface WatchPosition {
  readonly prefix: string;
  /** Everything up to here has been told. */
  readonly reached: Revision;
}

/** What one stream tells: first that it stands and where the store is, then batches. */
export type StreamEvent = { readonly type: "created"; readonly revision: Revision } | Told;
type Told = { readonly type: "batch"; readonly batch: Batch };

/**
 * One watch on a stream of its own, until it breaks or the signal aborts. etcd3's watchers share a stream on which they are
 * created one after the other, so that one that is stuck stops all; and they drop the compacted revision. Consumers that are slow
 * slow the stream down, and etcd goes on from its disk. Throws StoreError `Compacted`, and etcd3's errors when the stream breaks.
 */
export async function* watchStream(
  client: Etcd3,
  { prefix, reached }: WatchPosition,
  signal: AbortSignal,
): AsyncGenerator<StreamEvent> {
  const stream = await client.watchClient.watch();
  if (!(stream instanceof Readable)) throw new Error("Cannot watch: etcd3's stream is not Node's");
  const cancel = (): void => stream.cancel();
  signal.addEventListener("abort", cancel);
  // Cancelling makes an error too, when nobody reads any more.
  stream.on("error", () => undefined);
  try {
    if (signal.aborted) return;
    const create = { ...rangeOf(prefix), start_revision: reached + 1, prev_kv: true, progress_notify: true };
    stream.write({ create_request: create });
    let last = reached;
    for await (const next of stream) {
      const response: IWatchResponse = next;
      if (response.canceled) throw canceled(response, prefix);
      if (response.created) yield { type: "created", revision: Number(response.header.revision) };
      for (const batch of batchesOf(response, last)) {
        last = batch.revision;
        yield { type: "batch", batch };
      }
    }
  } finally {
    signal.removeEventListener("abort", cancel);
    cancel();
  }
}

/** The changes after a revision, those of one transaction together. A response without any says how far the watch has come. */
export function batchesOf(response: IWatchResponse, after: Revision): readonly Batch[] {
  const batches = new Map<Revision, Change[]>();
  for (const event of response.events) {
    const revision = Number(event.kv.mod_revision);
    // After a reconnect etcd before 3.4.24 tells some events twice.
    if (revision <= after) continue;
    const change = changeOf(event);
    if (!change) {
      const message = `Cannot watch "${event.kv.key.toString()}": what was there before ${revision} is compacted`;
      throw new StoreError("Compacted", message, { revision });
    }
    const changes = batches.get(revision) ?? [];
    batches.set(revision, changes);
    changes.push(change);
  }
  const found = [...batches].map(([revision, changes]) => ({ revision, changes }));
  const progress = Number(response.header.revision);
  const isProgress = response.events.length === 0 && !response.created && progress > after;
  return isProgress ? [{ revision: progress, changes: [] }] : found;
}

function canceled({ compact_revision: text, cancel_reason: reason }: IWatchResponse, prefix: string): Error {
  const revision = Number(text);
  if (revision > 0) {
    return new StoreError("Compacted", `Cannot watch "${prefix}": compacted up to ${revision}`, { revision });
  }
  return new Error(`Cannot watch "${prefix}": etcd says "${reason}"`);
}

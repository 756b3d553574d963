import { setTimeout as delay } from "node:timers/promises";

import type { Etcd3, IRequestOp, ITxnResponse } from "etcd3";

import type {
  Backend,
  Batch,
  Compare,
  Entry,
  RangeOptions,
  RangeResult,
  Revision,
  Write,
} from "../backend.ts";
import { checkFrom, checkWrites } from "../check-writes.ts";
import { isStoreError, StoreError } from "../errors.ts";
import { connect } from "./etcd-client.ts";
import { entryOf, rangeOf } from "./etcd-entry.ts";
import { refusalOf, translate } from "./etcd-error.ts";
import { watchStream } from "./watch-stream.ts";

const LONGEST_PAUSE_MS = 2_000;
const FIRST_PAUSE_MS = 50;
/** The first key there can be; nobody has it. */
const NO_KEY = Buffer.of(0);

/** A store in etcd (3.4 or newer), for several servers. Where etcd or etcd3 differ from what `Backend` promises, it is evened out here. */
export class EtcdBackend implements Backend {
  readonly #client: Etcd3;
  /** Watches have connections of their own: etcd3 drops a connection when a request on it fails. */
  readonly #watching: Etcd3;
  readonly #closing = new AbortController();

  constructor(hosts: readonly string[]) {
    this.#client = connect(hosts);
    this.#watching = connect(hosts);
  }

  async range(prefix: string, options: RangeOptions = {}): Promise<RangeResult> {
    const { at, limit, from } = options;
    checkFrom(prefix, from);
    try {
      const { kvs, header, count } = await this.#client.kv.range({
        ...rangeOf(prefix, from),
        ...(at !== undefined && { revision: at }),
        ...(limit !== undefined && { limit }),
        // To etcd a limit of nothing is no limit.
        ...(limit === 0 && { count_only: true }),
      });
      const entries = kvs.map(entryOf);
      const total = Number(count);
      return { entries, revision: Number(header.revision), more: total > entries.length, count: total };
    } catch (error) {
      throw await this.#explain(error, `read "${prefix}"`);
    }
  }

  async get(key: string): Promise<Entry | undefined> {
    try {
      const { kvs } = await this.#client.kv.range({ key: Buffer.from(key) });
      return kvs[0] && entryOf(kvs[0]);
    } catch (error) {
      throw translate(error, `read "${key}"`);
    }
  }

  async commit(compares: readonly Compare[], writes: readonly Write[]): Promise<Revision> {
    checkWrites(writes);
    let answer: ITxnResponse;
    try {
      answer = await this.#client.kv.txn({
        compare: compares.map(({ key, modRevision }) => ({
          key: Buffer.from(key),
          result: "Equal",
          target: "Mod",
          mod_revision: modRevision,
        })),
        success: writes.map(operationOf),
        failure: compares.map(({ key }) => ({ request_range: { key: Buffer.from(key) } })),
      });
    } catch (error) {
      throw translate(error, "commit");
    }
    if (!answer.succeeded) throw conflict(compares, answer);
    return Number(answer.header.revision);
  }

  async *watch(prefix: string, after: Revision, signal: AbortSignal): AsyncIterable<Batch> {
    const ended = AbortSignal.any([signal, this.#closing.signal]);
    const place: Place = { prefix, reached: after, newest: 0 };
    let pauseMs = FIRST_PAUSE_MS;
    while (!ended.aborted) {
      try {
        for await (const batch of this.#follow(place, ended)) {
          pauseMs = FIRST_PAUSE_MS;
          place.reached = batch.revision;
          yield batch;
        }
      } catch (error) {
        if (ended.aborted) return;
        if (isStoreError(error, "Compacted")) throw error;
        // The stream broke: go on from what was told last once the server is there again.
      }
      await delay(pauseMs, undefined, { signal: ended }).catch(() => undefined);
      pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
    }
  }

  async revision(): Promise<Revision> {
    try {
      const { header } = await this.#client.kv.range({ key: NO_KEY });
      return Number(header.revision);
    } catch (error) {
      throw translate(error, "read the revision");
    }
  }

  async compact(below: Revision): Promise<void> {
    try {
      await this.#client.kv.compact({ revision: below });
    } catch (error) {
      // Somebody was faster, which is as good.
      if (refusalOf(error) === "compacted") return;
      throw translate(error, `compact below ${below}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    this.#client.close();
    this.#watching.close();
  }

  /** One stream's worth of a watch. */
  async *#follow(place: Place, signal: AbortSignal): AsyncGenerator<Batch> {
    for await (const event of watchStream(this.#watching, place, signal)) {
      if (signal.aborted) return;
      if (event.type === "batch") {
        yield event.batch;
        continue;
      }
      if (event.revision < place.newest) {
        const message = `Cannot go on with the watch of "${place.prefix}": etcd went back to ${event.revision}`;
        throw new StoreError("Compacted", message, { revision: event.revision });
      }
      place.newest = event.revision;
      await this.#checkReadable(place.reached);
    }
  }

  /**
   * etcd lets a watch begin one below the line, and before 3.4.36 it then misses a deletion at the line. Reading at the position
   * tells whether that is so.
   */
  async #checkReadable(revision: Revision): Promise<void> {
    try {
      await this.#client.kv.range({ key: NO_KEY, revision });
    } catch (error) {
      if (refusalOf(error) === "compacted") throw await this.#explain(error, `watch from ${revision}`);
      if (refusalOf(error) !== "future") throw error;
    }
  }

  async #explain(error: unknown, action: string): Promise<Error> {
    const told = translate(error, action);
    if (!isStoreError(told, "Compacted")) return told;
    return new StoreError("Compacted", told.message, {
      revision: await this.#compactedRevision(),
      cause: error,
    });
  }

  /** etcd says where the line is only to a watch that begins below it. */
  async #compactedRevision(): Promise<Revision> {
    try {
      for await (const _ of watchStream(this.#watching, { prefix: "\0", reached: 0 }, this.#closing.signal));
    } catch (error) {
      if (error instanceof StoreError && error.revision !== undefined) return error.revision;
      throw translate(error, "find the compacted revision");
    }
    throw new StoreError("Unavailable", "Cannot find the compacted revision: the store is closed");
  }
}

interface Place {
  readonly prefix: string;
  reached: Revision;
  /** The greatest revision a server told us of. */
  newest: Revision;
}

function operationOf(write: Write): IRequestOp {
  const key = Buffer.from(write.key);
  return write.type === "delete"
    ? { request_delete_range: { key } }
    : { request_put: { key, value: Buffer.from(write.value) } };
}

/** The first compare that does not hold, as etcd read it in the same transaction. */
function conflict(compares: readonly Compare[], { responses }: ITxnResponse): StoreError {
  const found = responses.map(({ response_range: range }) => Number(range.kvs[0]?.mod_revision ?? 0));
  const i = compares.findIndex(({ modRevision }, index) => modRevision !== found[index]);
  const message = `Cannot commit: "${compares[i]?.key}" is at revision ${found[i]}, not ${compares[i]?.modRevision}`;
  return new StoreError("Conflict", message, { revision: found[i] ?? 0 });
}

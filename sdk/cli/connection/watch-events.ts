import { ApiError, type Transport } from "@freehold/client";

import { CliError } from "../cli-error.ts";
import { field, fieldsOf, numberOf, textOf } from "../json.ts";

export interface WatchEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK";
  readonly object: unknown;
}

export interface Watch {
  readonly transport: Transport;
  /** Path and query of the watch from a revision on. */
  readonly path: (resourceVersion: string) => string;
  readonly from: string;
  readonly accept?: string;
  readonly signal: AbortSignal;
  /** Where in the answer the revision of an event stands. */
  readonly versionOf?: (object: unknown) => string | undefined;
}

/**
 * Changes from a revision on, until the signal: a server that ends the stream, as it does every half hour, is asked to go on where it
 * was. Throws ApiError when it refuses.
 */
export async function* watchEvents(watch: Watch): AsyncGenerator<WatchEvent> {
  const versionOf = watch.versionOf ?? metadataVersionOf;
  let from = watch.from;
  while (!watch.signal.aborted) {
    let events = 0;
    const request = {
      method: "GET",
      path: watch.path(from),
      ...(watch.accept !== undefined && { accept: watch.accept }),
      signal: watch.signal,
    } as const;
    for await (const line of watch.transport.lines(request)) {
      const event = readEvent(line);
      from = versionOf(event.object) ?? from;
      events += 1;
      yield event;
    }
    if (events === 0 && !watch.signal.aborted) await pause(watch.signal);
  }
}

function metadataVersionOf(object: unknown): string | undefined {
  return textOf(field(object, "metadata", "resourceVersion"));
}

function readEvent(line: string): WatchEvent {
  const event: unknown = JSON.parse(line);
  const type = field(event, "type");
  const object = field(event, "object");
  switch (type) {
    case "ADDED":
    case "MODIFIED":
    case "DELETED":
    case "BOOKMARK":
      return { type, object };
    case "ERROR":
      throw new ApiError(numberOf(field(object, "code")) ?? 500, fieldsOf(object));
    default:
      throw new CliError(`Cannot read the watch: wanted an event, found ${line.slice(0, 200)}`);
  }
}

/** A stream that ends at once, without a word, is not asked for again in a tight loop. */
function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, 1000);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

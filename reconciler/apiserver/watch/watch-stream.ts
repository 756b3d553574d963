import type { Kind } from "@freehold/apis";

import { isApiError, type Status } from "../errors/api-error.ts";
import { isObject } from "../json/json-object.ts";
import { sharedText } from "./recent-objects.ts";
import type { WatchFrame } from "./watch-resources.ts";

export interface StreamOptions {
  readonly kind: Kind;
  readonly bookmarks: boolean;
  readonly isTable: boolean;
  /** Milliseconds between bookmarks. */
  readonly bookmarkEveryMs: number;
  readonly render: (frame: WatchFrame & { type: "ADDED" | "MODIFIED" | "DELETED" }) => unknown;
  /** What `render` gives, and whether watchers who render the same way may share its text; absent when it is each one's own. */
  readonly form?: string | undefined;
  readonly write: (text: string | Uint8Array) => Promise<void>;
}

/** Writes frames as Kubernetes' watch stream, one JSON document in a line, until they end or the signal aborts. */
export async function streamWatch(
  frames: AsyncIterable<WatchFrame>,
  options: StreamOptions,
  signal: AbortSignal,
): Promise<void> {
  const stream = new WatchStream(options);
  // A timer's bookmark tells only what has been written already, so it can never be ahead of a frame in flight.
  const timer = setInterval(() => void stream.bookmark().catch(() => undefined), options.bookmarkEveryMs);
  try {
    for await (const frame of frames) {
      if (signal.aborted) break;
      await stream.frame(frame);
    }
    await stream.bookmark();
  } catch (error) {
    if (!isApiError(error)) throw error;
    await stream.error(error.toStatus());
  } finally {
    clearInterval(timer);
  }
}

class WatchStream {
  readonly #options: StreamOptions;
  #position = 0;
  #told = 0;
  #columnsSent = false;

  constructor(options: StreamOptions) {
    this.#options = options;
  }

  async frame(frame: WatchFrame): Promise<void> {
    switch (frame.type) {
      case "ERROR":
        return this.error(frame.error.toStatus());
      case "PROGRESS":
        this.#position = Math.max(this.#position, frame.revision);
        return frame.initialEnd ? this.#mark(true) : undefined;
      case "ADDED":
      case "MODIFIED":
      case "DELETED":
        await this.#event(frame);
        // Only a PROGRESS after all of a transaction's frames moves the position: they share a revision.
        this.#told = 0;
    }
  }

  #event(frame: WatchFrame & { type: "ADDED" | "MODIFIED" | "DELETED" }): Promise<void> {
    const { form, render, write } = this.#options;
    if (form === undefined) return this.#write(frame.type, this.#withoutColumns(render(frame)));
    const make = (): string => lineOf(frame.type, render(frame));
    return write(sharedText(frame.object, `${frame.type} ${form}`, make));
  }

  /** Says how far the stream has come, if the client asked for that and does not know yet. */
  async bookmark(): Promise<void> {
    if (this.#options.bookmarks && this.#position > 0 && this.#position !== this.#told)
      await this.#mark(false);
  }

  error(status: Status): Promise<void> {
    return this.#write("ERROR", status);
  }

  #mark(initialEnd: boolean): Promise<void> {
    const { kind, isTable } = this.#options;
    this.#told = this.#position;
    const metadata = {
      resourceVersion: String(this.#position),
      creationTimestamp: null,
      ...(initialEnd && { annotations: { "k8s.io/initial-events-end": "true" } }),
    };
    const object = { kind: kind.kind, apiVersion: kind.apiVersion, metadata };
    if (!isTable) return this.#write("BOOKMARK", object);
    const table = {
      kind: "Table",
      apiVersion: "meta.k8s.io/v1",
      metadata,
      columnDefinitions: null,
      rows: [],
    };
    return this.#write("BOOKMARK", table);
  }

  /** A table's columns are told once. */
  #withoutColumns(body: unknown): unknown {
    if (!this.#options.isTable || !isObject(body)) return body;
    const shown = this.#columnsSent ? { ...body, columnDefinitions: null } : body;
    this.#columnsSent = true;
    return shown;
  }

  #write(type: string, object: unknown): Promise<void> {
    return this.#options.write(lineOf(type, object));
  }
}

function lineOf(type: string, object: unknown): string {
  return `${JSON.stringify({ type, object })}\n`;
}

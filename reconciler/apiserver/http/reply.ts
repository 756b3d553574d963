import type { Status } from "../errors/api-error.ts";

/** What goes back: a document, text, or a stream that ends when `stream` does. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly contentType?: string;
  /** Serialised as JSON or YAML unless it is text. */
  readonly body?: unknown;
  readonly encoding?: "json" | "yaml";
  /** Throws 403 when a stream's reader may no longer read it. */
  readonly requireRight?: () => void;
  readonly stream?: (sink: Sink, signal: AbortSignal) => Promise<void>;
}

/** Where a stream is written. */
export interface Sink {
  /** Resolves when the client has taken enough of it to go on. */
  write(piece: string | Uint8Array): Promise<void>;
}

export function document(body: unknown, status = 200): Reply {
  return { status, body };
}

export function plainText(text: string, status = 200): Reply {
  return { status, body: text, contentType: "text/plain; charset=utf-8" };
}

export function failure(status: Status): Reply {
  const retry = status.details?.retryAfterSeconds;
  return {
    status: status.code ?? 500,
    body: status,
    ...(retry !== undefined && { headers: { "retry-after": String(retry) } }),
  };
}

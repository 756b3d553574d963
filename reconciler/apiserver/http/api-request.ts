import type { Identity } from "../auth/identity.ts";

/** A request as the handlers see it, whatever carried it. */
export interface ApiRequest {
  readonly method: string;
  /** Undecoded, without query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly identity: Identity | undefined;
  /** Whether a credential was presented that does not hold. */
  readonly rejected: boolean;
  readonly auditId: string;
  /** Address of the client; absent on the Unix socket. */
  readonly from: string | undefined;
  header(name: string): string | undefined;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The whole body, bounded. Throws 413. */
  readBody(): Promise<Buffer>;
  /** The body piece by piece, of any length; the connection is cut when the signal aborts or nothing comes for a minute. */
  openBody(signal: AbortSignal): AsyncIterable<Uint8Array>;
  /** Adds a `Warning` header; kubectl prints it. */
  warn(text: string): void;
}

/** A query's boolean: `1` and `true`. */
export function isSet(query: URLSearchParams, name: string): boolean {
  return ["1", "true"].includes(query.get(name) ?? "");
}

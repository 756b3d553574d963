import type { IncomingMessage } from "node:http";
import type { Http2ServerRequest } from "node:http2";
import { promisify } from "node:util";
import { gzip } from "node:zlib";

import { stringify } from "yaml";

import type { Reply, Sink } from "./reply.ts";

export type RawRequest = IncomingMessage | Http2ServerRequest;

/** What is the same in Node's responses of HTTP/1.1 and HTTP/2. */
export interface RawResponse {
  setHeader(name: string, value: number | string | readonly string[]): unknown;
  writeHead(status: number): unknown;
  /** HTTP/2 sends them with writeHead. */
  flushHeaders?(): void;
  write(chunk: string | Uint8Array): boolean;
  end(): unknown;
  end(chunk: Uint8Array): unknown;
  destroy(): unknown;
  on(event: "close" | "drain", listener: () => void): unknown;
  off(event: "drain", listener: () => void): unknown;
}

const GZIP_FROM_BYTES = 128 * 1024;
const compress = promisify(gzip);

export interface ReplyContext {
  readonly auditId: string;
  readonly warnings: readonly string[];
  /** Aborts when the client is gone or the server stops. */
  readonly signal: AbortSignal;
}

/** Sends a reply over HTTP/1.1 or HTTP/2. Resolves when it is handed over, a stream when it has ended. */
export async function writeReply(
  request: RawRequest,
  response: RawResponse,
  reply: Reply,
  context: ReplyContext,
): Promise<void> {
  setHeaders(response, reply, context);
  if (reply.stream) return writeStream(request, response, { ...reply, stream: reply.stream }, context.signal);
  const text = serialize(request, reply);
  let bytes = Buffer.from(text);
  if (
    bytes.length > GZIP_FROM_BYTES &&
    /\bgzip\b/.test(request.headers["accept-encoding"]?.toString() ?? "")
  ) {
    bytes = await compress(bytes, { level: 1 });
    response.setHeader("content-encoding", "gzip");
    response.setHeader("vary", "Accept-Encoding");
  }
  if (reply.body !== undefined) response.setHeader("content-length", bytes.length);
  response.writeHead(reply.status);
  if (request.method === "HEAD" || bytes.length === 0) response.end();
  else response.end(bytes);
}

function setHeaders(response: RawResponse, reply: Reply, { auditId, warnings }: ReplyContext): void {
  const type = reply.contentType ?? (reply.encoding === "yaml" ? "application/yaml" : "application/json");
  const headers = {
    "audit-id": auditId,
    "cache-control": "no-cache, private",
    // A client's cache would take the type of an empty 304 for that of what it has stored.
    ...((reply.body !== undefined || reply.stream) && { "content-type": type }),
    ...reply.headers,
  };
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  // Node takes only some control characters out by refusing them; a header is one line of printable ASCII.
  const texts = warnings.map(
    (text) => `299 - "${text.replaceAll(/[^ -~]/g, "?").replaceAll(/["\\]/g, "\\$&")}"`,
  );
  if (texts.length > 0) response.setHeader("warning", texts);
}

function serialize(request: RawRequest, { body, encoding }: Reply): string {
  if (body === undefined) return "";
  if (typeof body === "string") return body;
  if (encoding === "yaml") return stringify(body);
  return `${JSON.stringify(body, null, wantsPretty(request) ? 2 : undefined)}\n`;
}

/** People with curl or a browser get indented JSON. */
function wantsPretty({ url = "", headers }: RawRequest): boolean {
  const asked = /[?&]pretty=(\w+)/.exec(url)?.[1];
  if (asked !== undefined) return asked === "true" || asked === "1";
  return /^(curl|Wget|Mozilla\/5\.0)/.test(headers["user-agent"] ?? "");
}

async function writeStream(
  request: RawRequest,
  response: RawResponse,
  { status, stream }: Reply & { readonly stream: NonNullable<Reply["stream"]> },
  signal: AbortSignal,
): Promise<void> {
  response.writeHead(status);
  if (request.method === "HEAD") {
    response.end();
    return;
  }
  // The client must see that it is connected before there is anything to tell.
  response.flushHeaders?.();
  await stream(sinkOf(response, signal), signal);
  response.end();
}

function sinkOf(response: RawResponse, signal: AbortSignal): Sink {
  return {
    write: async (piece) => {
      if (signal.aborted || response.write(piece)) return;
      await drained(response, signal);
    },
  };
}

/** A client that takes nothing for this long is cut off; it can go on from where it was. */
const STALLED_MS = 30_000;

function drained(response: RawResponse, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => response.destroy(), STALLED_MS);
    const done = (): void => {
      clearTimeout(timer);
      response.off("drain", done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    response.on("drain", done);
    signal.addEventListener("abort", done);
  });
}

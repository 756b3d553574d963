import { randomUUID } from "node:crypto";
import { TLSSocket } from "node:tls";

import { authenticate, type IdentifyToken } from "../auth/authenticate.ts";
import type { Identity } from "../auth/identity.ts";
import { isSameOrigin, readCookie } from "../session/session-cookie.ts";
import { answer, type AnswerPorts } from "./answer.ts";
import type { ApiRequest } from "./api-request.ts";
import { openBody } from "./open-body.ts";
import { readBody } from "./read-body.ts";
import { type RawRequest, type RawResponse, writeReply } from "./write-reply.ts";

export interface ServePorts extends AnswerPorts {
  readonly identifyToken: IdentifyToken;
  /** Aborts when watches must end because the server stops. */
  readonly closing: AbortSignal;
}

/** One request from the wire to the wire. Never throws: what goes wrong after the headers is logged and ends the connection. */
export async function serveRequest(ports: ServePorts, raw: RawRequest, response: RawResponse): Promise<void> {
  const gone = new AbortController();
  const leave = (): void => gone.abort();
  response.on("close", leave);
  ports.closing.addEventListener("abort", leave);
  if (ports.closing.aborted) leave();
  const warnings: string[] = [];
  const request = readRequest(raw, warnings);
  // Node takes a line without a version for HTTP/0.9, which nobody speaks.
  if (raw.httpVersionMajor === 0) {
    response.destroy();
    return;
  }
  let end = (): void => undefined;
  try {
    const { reply, onEnd } = await answer(ports, request, (sent) => identified(ports, raw, sent));
    end = onEnd;
    await writeReply(raw, response, reply, { auditId: request.auditId, warnings, signal: gone.signal });
  } catch (error) {
    if (!gone.signal.aborted) {
      ports.log(
        `Cannot finish ${request.method} "${request.path}" (audit id ${request.auditId}): ${String(error)}`,
      );
    }
    response.destroy();
  } finally {
    end();
    ports.closing.removeEventListener("abort", leave);
  }
}

async function identified(
  ports: ServePorts,
  { socket }: RawRequest,
  request: ApiRequest,
): Promise<ApiRequest> {
  const found = await authenticate(ports.identifyToken, {
    authorization: request.header("authorization"),
    session: sessionOf(ports, request),
    socket: isTls(socket) ? socket : undefined,
  });
  if (found === "nobody") return request;
  return found === "invalid" ? { ...request, rejected: true } : { ...request, identity: found };
}

/** Whose browser asks; a page of another origin cannot use it to change anything. */
function sessionOf({ sessions }: ServePorts, request: ApiRequest): Promise<Identity | "invalid"> | undefined {
  const cookie = readCookie(request.headers);
  if (cookie === undefined) return undefined;
  const isUsable = cookie !== "invalid" && isSameOrigin(request.headers, request.method);
  return isUsable
    ? sessions.identify(cookie).then((found) => found ?? "invalid")
    : Promise.resolve("invalid" as const);
}

function readRequest(raw: RawRequest, warnings: string[]): ApiRequest {
  const [path = "/", query = ""] = (raw.url ?? "/").split(/\?(.*)/s, 2);
  const header = (name: string): string | undefined => {
    const value = raw.headers[name];
    return Array.isArray(value) ? value.join(",") : value;
  };
  const { socket } = raw;
  return {
    method: raw.method ?? "GET",
    path,
    query: new URLSearchParams(query),
    auditId: randomUUID(),
    from: socket.remoteAddress,
    identity: undefined,
    rejected: false,
    header,
    headers: raw.headers,
    readBody: () => readBody(raw),
    openBody: (signal) => openBody(raw, signal),
    warn: (text) => void warnings.push(text),
  };
}

/** HTTP/2 hands out a stand-in for the socket, which `instanceof` does not see through. */
function isTls(socket: RawRequest["socket"]): socket is TLSSocket {
  return socket instanceof TLSSocket || Reflect.get(socket, "encrypted") === true;
}

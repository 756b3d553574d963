import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

import { readLines } from "./read-lines.ts";

export type HostCall = (method: string, params: Readonly<Record<string, unknown>>) => Promise<unknown>;

export interface HostCallOptions {
  /** How long to go on trying to connect, in milliseconds; asked before each attempt. */
  readonly patienceMs: () => number;
}

const retryEveryMs = 100;

/**
 * Calls effects over the host's socket: a connection each, so that a slow one holds up no other (section 5.3).
 * A host that is being started again is waited for: as long as there is no connection nothing was asked, so asking
 * later is the same. Once connected, a call that breaks off rejects, because the host may have done it.
 */
export function hostCaller(socketPath: string, options: HostCallOptions): HostCall {
  let nextId = 0;
  return async (method, params) => {
    const request = { id: nextId++, method, params };
    return ask(await connectTo(socketPath, method, options), request);
  };
}

async function connectTo(path: string, method: string, { patienceMs }: HostCallOptions): Promise<Socket> {
  for (let waitedMs = 0; ; waitedMs += retryEveryMs) {
    // Half open: the reply must be read whole although nothing more will be asked.
    const socket = connect({ path, allowHalfOpen: true });
    try {
      await once(socket, "connect");
      return socket;
    } catch (cause) {
      const isAway = cause instanceof Error && "code" in cause && away.has(cause.code);
      if (!isAway || waitedMs >= patienceMs())
        throw new Error(`Cannot call "${method}": ${String(cause)}`, { cause });
      await delay(retryEveryMs);
    }
  }
}

/** What connect(2) says of a socket nobody listens on. */
const away = new Set<unknown>(["ENOENT", "ECONNREFUSED"]);

function ask(
  socket: Socket,
  request: { readonly id: number; readonly method: string; readonly params: object },
): Promise<unknown> {
  const { method } = request;
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  socket.on("error", (cause) => reject(new Error(`Cannot call "${method}": ${cause.message}`, { cause })));
  // A half-open socket does not close by itself when the other side ends.
  for (const event of ["end", "close"]) {
    socket.on(event, () => {
      reject(new Error(`Cannot call "${method}": the host closed the connection`));
      socket.end();
    });
  }
  readLines(socket, (line) => {
    socket.end();
    try {
      resolve(resultOf(method, line));
    } catch (error) {
      reject(error);
    }
  });
  socket.write(`${JSON.stringify(request)}\n`);
  return promise;
}

function resultOf(method: string, line: string): unknown {
  const reply: unknown = JSON.parse(line);
  if (!isRecord(reply)) throw new Error(`Cannot call "${method}": the reply is ${line}`);
  if (reply["error"] === undefined || reply["error"] === null) return reply["result"] ?? null;
  const error = isRecord(reply["error"]) ? reply["error"] : { message: reply["error"] };
  const data = isRecord(error["data"]) ? error["data"] : { details: error["data"] };
  const texts = [error["message"], data["details"]].filter((text) => typeof text === "string");
  const debug = typeof data["debug"] === "string" ? `\n${data["debug"]}` : "";
  throw new Error(`${texts.join(": ")}${debug}@${method}`);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

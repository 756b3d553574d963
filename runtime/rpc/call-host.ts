import { connect } from "node:net";

import { readLines } from "./read-lines.ts";

export type HostCall = (method: string, params: Readonly<Record<string, unknown>>) => Promise<unknown>;

/** Calls effects over the host's socket: a connection each, so that a slow one holds up no other (section 5.3). */
export function hostCaller(socketPath: string): HostCall {
  let nextId = 0;
  return (method, params) => callOnce(socketPath, { id: nextId++, method, params });
}

function callOnce(
  path: string,
  request: { readonly id: number; readonly method: string; readonly params: object },
): Promise<unknown> {
  const { method } = request;
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  // Half open: the reply must be read whole although nothing more will be asked.
  const socket = connect({ path, allowHalfOpen: true });
  socket.on("error", (cause) => reject(new Error(`Cannot call "${method}": ${cause.message}`, { cause })));
  socket.on("close", () => reject(new Error(`Cannot call "${method}": the host closed the connection`)));
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

import { chmod, lchown, rm } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";

import { type EffectHandler } from "@freehold/agent-ports";

import { LineReader } from "./line-reader.ts";
import { openFolder, pathOf } from "./socket-path.ts";

export const SOCKET_NAME = "host.sock";
const LONGEST_REQUEST_BYTES = 8 << 20;
const MOST_CONNECTIONS = 256;
/** Answers that one connection may be waiting for. */
const MOST_PENDING = 64;

/** Listens at `directory/host.sock` for what a container asks: a JSON value per line, `{id, method, params}`. */
export async function serveEffects(
  directory: string,
  owner: number,
  handler: EffectHandler,
): Promise<AsyncDisposable> {
  const folder = await openFolder(directory);
  const path = `${pathOf(folder)}/${SOCKET_NAME}`;
  const connections = new Set<Socket>();
  // The runtime ends its side before it has the answer.
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    connections.add(socket);
    socket.once("close", () => connections.delete(socket));
    answer(socket, handler);
  });
  server.maxConnections = MOST_CONNECTIONS;
  try {
    await rm(path, { force: true });
    await listen(server, path);
    await lchown(path, owner, owner);
    await chmod(path, 0o600);
  } catch (error) {
    server.close();
    await folder.close();
    throw error;
  }
  return {
    async [Symbol.asyncDispose]() {
      for (const socket of connections) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      await rm(path, { force: true });
      await folder.close();
    },
  };
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

/** Reads no further while as many requests as allowed wait for their answer: the container waits, not our memory. */
function answer(socket: Socket, handler: EffectHandler): void {
  const reader = new LineReader(LONGEST_REQUEST_BYTES);
  const waiting: string[] = [];
  let pending = 0;
  let ended = false;
  const proceed = (): void => {
    for (const line of waiting.splice(0, MOST_PENDING - pending)) void reply(line);
    if (waiting.length > 0) socket.pause();
    else if (socket.isPaused()) socket.resume();
    if (ended && pending === 0) socket.end();
  };
  const reply = async (line: string): Promise<void> => {
    pending++;
    const text = await answerTo(line, handler);
    pending--;
    if (!socket.destroyed) socket.write(text);
    proceed();
  };
  socket.on("data", (chunk: Buffer) => {
    try {
      waiting.push(...reader.read(chunk).filter((line) => line.trim() !== ""));
      proceed();
    } catch {
      // Only a line without end comes here, and nobody who sends one reads an answer.
      socket.destroy();
    }
  });
  socket.once("end", () => {
    ended = true;
    proceed();
  });
  // A container that goes away is its own affair.
  socket.on("error", () => socket.destroy());
}

/** Never throws: what is wrong with a request is told to who sent it. */
async function answerTo(line: string, handler: EffectHandler): Promise<string> {
  let id: unknown = null;
  try {
    const request: unknown = JSON.parse(line);
    if (typeof request !== "object" || request === null)
      return failure(null, -32_600, "the request is no object");
    id = Reflect.get(request, "id") ?? null;
    const method: unknown = Reflect.get(request, "method");
    if (typeof method !== "string") return failure(id, -32_602, "the request has no method");
    const result = await handler(method, Reflect.get(request, "params"));
    return `${JSON.stringify({ jsonrpc: "2.0", id, result: result ?? null })}\n`;
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return failure(id, error instanceof SyntaxError ? -32_700 : 1, text);
  }
}

function failure(id: unknown, code: number, message: string): string {
  return `${JSON.stringify({ jsonrpc: "2.0", id, error: { code, message, data: { details: message } } })}\n`;
}

import { connect, type Socket } from "node:net";

import { type Cancellation, HostError, isHostError } from "@freehold/agent-ports";

import { errnoOf } from "../host-failure.ts";
import { LineReader } from "./line-reader.ts";
import { openSocket, pathOf } from "./socket-path.ts";

const SOCKET_NAME = "service.sock";
const LONGEST_ANSWER_BYTES = 32 << 20;
const REQUEST_ID = 1;

/** One JSON-RPC 2.0 request over a connection of its own. */
export async function callRuntime(
  directory: string,
  request: { readonly method: string; readonly params: unknown },
  cancellation: Cancellation,
): Promise<unknown> {
  const socket = await connectTo(directory);
  const cancel = (): void => void socket.destroy();
  cancellation.addEventListener("abort", cancel);
  try {
    if (cancellation.aborted) cancel();
    else socket.write(`${JSON.stringify({ jsonrpc: "2.0", id: REQUEST_ID, ...request })}\n`);
    const answer = await readAnswer(socket);
    if (answer !== undefined) return resultOf(request.method, answer);
    const found = cancellation.aborted ? "cancelled" : "the runtime closed the connection";
    throw new HostError("interrupted", `Cannot call "${request.method}": ${found}`);
  } finally {
    cancellation.removeEventListener("abort", cancel);
    socket.destroy();
  }
}

/** The same without an answer: ends when the kernel has the text. */
export async function notifyRuntime(
  directory: string,
  notification: { readonly method: string; readonly params: unknown },
): Promise<void> {
  const socket = await connectTo(directory);
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.end(`${JSON.stringify({ jsonrpc: "2.0", ...notification })}\n`, () => resolve());
  });
}

/** Whether somebody accepts connections. */
export async function isListening(directory: string): Promise<boolean> {
  try {
    (await connectTo(directory)).destroy();
    return true;
  } catch (error) {
    if (isHostError(error, "missing")) return false;
    throw error;
  }
}

async function connectTo(directory: string): Promise<Socket> {
  try {
    await using handle = await openSocket(directory, SOCKET_NAME);
    const socket = connect(pathOf(handle));
    await new Promise<void>((resolve, reject) => {
      socket.once("error", reject);
      socket.once("connect", () => {
        socket.off("error", reject);
        resolve();
      });
    });
    return socket;
  } catch (error) {
    if (!["ENOENT", "ECONNREFUSED"].includes(errnoOf(error) ?? "")) throw error;
    throw new HostError("missing", `Cannot connect to "${directory}/${SOCKET_NAME}": nobody listens`, {
      cause: error,
    });
  }
}

/** Undefined when the connection ends before the answer. */
function readAnswer(socket: Socket): Promise<object | undefined> {
  const reader = new LineReader(LONGEST_ANSWER_BYTES);
  return new Promise((resolve, reject) => {
    socket.once("error", (error) => reject(new HostError("interrupted", error.message, { cause: error })));
    socket.once("close", () => resolve(undefined));
    socket.on("data", (chunk: Buffer) => {
      try {
        const answer = reader
          .read(chunk)
          .map(parseAnswer)
          .find((value) => value !== undefined);
        if (answer) resolve(answer);
      } catch (error) {
        const found = error instanceof Error ? error.message : String(error);
        reject(new HostError("invalid", `Cannot read the runtime's answer: ${found}`, { cause: error }));
      }
    });
  });
}

function parseAnswer(line: string): object | undefined {
  const value: unknown = JSON.parse(line);
  const isOurs = typeof value === "object" && value !== null && Reflect.get(value, "id") === REQUEST_ID;
  return isOurs ? value : undefined;
}

function resultOf(method: string, answer: object): unknown {
  const error: unknown = Reflect.get(answer, "error");
  if (error === undefined || error === null) return Reflect.get(answer, "result");
  throw new HostError("failed", `Cannot call "${method}": ${textOf(error)}`, { cause: error });
}

/** The runtime's message is often just "object"; the details say what happened. */
function textOf(error: unknown): string {
  if (typeof error !== "object" || error === null) return String(error);
  const data: unknown = Reflect.get(error, "data");
  const details: unknown = typeof data === "object" && data !== null ? Reflect.get(data, "details") : data;
  return typeof details === "string" ? details : JSON.stringify(Reflect.get(error, "message"));
}

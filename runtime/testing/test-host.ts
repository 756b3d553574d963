import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

import { readLines } from "../rpc/read-lines.ts";

export interface WireMessage {
  readonly id?: unknown;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: unknown;
  readonly error?: unknown;
}
/** [who spoke, what]; effects are "rt->host", replies to the host "rt->host(resp)". */
export type Spoken = readonly ["host->rt" | "rt->host" | "rt->host(resp)", WireMessage];

/** A small host: answers effects from a table and remembers everything that was said, in order. */
export class TestHost implements AsyncDisposable {
  readonly wire: Spoken[] = [];
  readonly #server: Server;
  readonly #answer: (method: string, params: Readonly<Record<string, unknown>>) => unknown;
  readonly #waiting = new Map<unknown, (message: WireMessage) => void>();
  #socket: Socket | undefined;
  #nextId = 0;

  constructor(answer: (method: string, params: Readonly<Record<string, unknown>>) => unknown) {
    this.#answer = answer;
    this.#server = createServer({ allowHalfOpen: true }, (socket) => {
      socket.on("error", () => socket.destroy());
      readLines(socket, (line) => {
        const request: WireMessage = JSON.parse(line);
        this.wire.push(["rt->host", request]);
        socket.end(`${JSON.stringify({ jsonrpc: "2.0", id: request.id, ...this.#reply(request) })}\n`);
      });
    });
  }

  async listen(path: string): Promise<void> {
    this.#server.listen(path);
    await once(this.#server, "listening");
  }

  async connect(path: string): Promise<void> {
    const socket = connect(path);
    await once(socket, "connect");
    readLines(socket, (line) => {
      const message: WireMessage = JSON.parse(line);
      this.wire.push(["rt->host(resp)", message]);
      this.#waiting.get(message.id)?.(message);
    });
    this.#socket = socket;
  }

  /** Sends a request and resolves with its reply. */
  ask(method: string, params: Readonly<Record<string, unknown>> = {}): Promise<WireMessage> {
    const id = this.#nextId++;
    const { promise, resolve } = Promise.withResolvers<WireMessage>();
    this.#waiting.set(id, resolve);
    this.#send({ jsonrpc: "2.0", id, method, params });
    return promise;
  }

  notify(method: string, params: Readonly<Record<string, unknown>>): void {
    this.#send({ jsonrpc: "2.0", method, params });
  }

  /** Methods and parameters of the effects called so far. */
  get effects(): readonly (readonly [string, Readonly<Record<string, unknown>>])[] {
    return this.wire.flatMap(([who, { method, params }]) => {
      return who === "rt->host" && method !== undefined ? [[method, params ?? {}] as const] : [];
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket?.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }

  #send(message: WireMessage & { readonly jsonrpc: string }): void {
    this.wire.push(["host->rt", message]);
    this.#socket?.write(`${JSON.stringify(message)}\n`);
  }

  #reply({ method = "", params = {} }: WireMessage): object {
    try {
      return { result: this.#answer(method, params) ?? null };
    } catch (error) {
      return { error: { code: 1, message: "failed", data: { details: String(error), debug: "here" } } };
    }
  }
}

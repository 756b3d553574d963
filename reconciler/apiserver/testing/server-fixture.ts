import { mkdtemp, rm } from "node:fs/promises";
import { request as requestPlain } from "node:http";
import { request as requestTls, type RequestOptions } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { MemoryBackend } from "@freehold/store";

import { type ApiServer, type ApiServerOptions, startApiServer } from "../server/api-server.ts";

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The body as JSON, as loosely as a client reads it. */
  readonly json: Record<string, unknown>;
}

export interface Asked {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  /** Absent: the administrator's. "" sends none. */
  readonly token?: string;
}

/** A running server in a folder of its own. */
export interface ServerFixture {
  readonly server: ApiServer;
  readonly backend: MemoryBackend;
  readonly socketPath: string;
  readonly token: string;
  ask(path: string, asked?: Asked): Promise<Answer>;
  askSocket(path: string, asked?: Asked): Promise<Answer>;
  close(): Promise<void>;
}

export async function serverFixture(more: Partial<ApiServerOptions> = {}): Promise<ServerFixture> {
  const folder = await mkdtemp(join(tmpdir(), "freehold-api-"));
  const backend = new MemoryBackend();
  const socketPath = join(folder, "api.sock");
  const listen = { host: "127.0.0.1", port: 0 };
  const server = await startApiServer({
    backend,
    dataDir: folder,
    listen,
    names: ["example.test"],
    socketPath,
    ...more,
  });
  const token = await server.issueToken("admin", ["system:masters"]);
  const tls = { host: "127.0.0.1", port: server.port, ca: server.caCertificate };
  return {
    server,
    backend,
    socketPath,
    token,
    ask: (path, asked = {}) => send({ ...tls, path }, token, asked),
    askSocket: (path, asked = {}) => send({ socketPath, path }, token, asked),
    close: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function send(
  options: RequestOptions,
  admin: string,
  { method = "GET", headers = {}, body, token = admin }: Asked,
): Promise<Answer> {
  const text = body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body);
  const all = {
    ...(token && { authorization: `Bearer ${token}` }),
    ...(text !== undefined && {
      "content-type": "application/json",
      // Node sends no length with DELETE by itself, and the body would be read as the next request.
      "content-length": String(Buffer.byteLength(text)),
    }),
    ...headers,
  };
  const request = options.socketPath === undefined ? requestTls : requestPlain;
  return new Promise((resolve, reject) => {
    const sent = request({ ...options, method, headers: all }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const body = Buffer.concat(chunks);
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: body.toString(),
          get json() {
            return JSON.parse(body.toString()) as Record<string, unknown>;
          },
        });
      });
    });
    sent.on("error", reject);
    sent.end(text);
  });
}

import { readFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import { pipeline } from "node:stream/promises";

import { ApiError, type FailureStatus } from "./api-error.ts";
import { warningTexts } from "./warning-texts.ts";

/** Where the API is and who asks. Certificates and keys are PEM. */
export interface ClientConfig {
  /** `https://host:port`, or `unix:/path/to/socket`. */
  readonly server: string;
  readonly ca?: string;
  readonly certificate?: string;
  readonly key?: string;
  readonly token?: string;
  /** Sent as User-Agent and default field manager. */
  readonly name?: string;
  /** Acts as another identity, where the own one is allowed to (Kubernetes' impersonation). */
  readonly impersonate?: { readonly user: string; readonly group: string };
  /** Namespace used when none is given. */
  readonly namespace?: string;
  /** Told what the server warns of in an answer that is no failure. */
  readonly onWarning?: (text: string) => void;
}

export interface ApiRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Path with query, beginning with `/`. */
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is, in place of `body`; its `length` in bytes must be right. */
  readonly bytes?: { readonly length: number; readonly pieces: AsyncIterable<Uint8Array> };
  /** First byte wanted, where the answer is a file. */
  readonly from?: number;
  readonly contentType?: string;
  readonly accept?: string;
  readonly signal?: AbortSignal;
}

const TIMEOUT_MS = 60_000;

/** One API server over kept-alive connections. */
export class Transport implements Disposable {
  readonly #config: ClientConfig;
  readonly #agent: http.Agent | https.Agent;
  readonly #base: http.RequestOptions;
  readonly #send: typeof http.request;

  constructor(config: ClientConfig) {
    this.#config = config;
    if (config.server.startsWith("unix:")) {
      this.#agent = new http.Agent({ keepAlive: true });
      this.#base = { socketPath: config.server.slice("unix:".length), agent: this.#agent };
      this.#send = http.request;
      return;
    }
    const url = new URL(config.server);
    if (url.protocol !== "https:") throw new Error(`Cannot use "${config.server}": wanted https: or unix:`);
    this.#agent = new https.Agent({
      keepAlive: true,
      ...(config.ca !== undefined && { ca: config.ca }),
      ...(config.certificate !== undefined && { cert: config.certificate }),
      ...(config.key !== undefined && { key: config.key }),
    });
    this.#base = {
      host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
      port: url.port || "443",
      agent: this.#agent,
    };
    this.#send = https.request;
  }

  /** The parsed JSON of a successful answer. Throws ApiError. */
  async json(request: ApiRequest): Promise<unknown> {
    const text = await this.text(request);
    return text === "" ? undefined : JSON.parse(text);
  }

  async text(request: ApiRequest): Promise<string> {
    const response = await this.#open(request, TIMEOUT_MS);
    return textOf(response);
  }

  /** Bytes of an answer, as they come and are taken. Ends with the end of the answer; throws ApiError when it breaks off. */
  async *bytes(request: ApiRequest): AsyncGenerator<Uint8Array> {
    const response = await this.#open(request, TIMEOUT_MS);
    try {
      for await (const piece of response) yield Buffer.from(piece);
    } catch (error) {
      throw new ApiError(0, { message: `the answer broke off: ${String(error)}` }, { cause: error });
    }
  }

  /** Lines of a streaming answer, as they come. Ends with the server's end of stream or the signal. */
  async *lines(request: ApiRequest): AsyncGenerator<string> {
    const response = await this.#open(request, undefined);
    response.setEncoding("utf8");
    let rest = "";
    try {
      for await (const chunk of response) {
        const lines = (rest + String(chunk)).split("\n");
        rest = lines.pop() ?? "";
        yield* lines.filter((line) => line !== "");
      }
    } catch (error) {
      if (request.signal?.aborted === true) return;
      throw new ApiError(0, { message: `the stream broke: ${String(error)}` }, { cause: error });
    }
    if (rest !== "") yield rest;
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }

  async #open(request: ApiRequest, timeoutMs: number | undefined): Promise<http.IncomingMessage> {
    const response = await this.#exchange(request, timeoutMs);
    const code = response.statusCode ?? 0;
    for (const text of warningTexts(response.headersDistinct["warning"])) this.#config.onWarning?.(text);
    if (code < 400) return response;
    throw new ApiError(code, statusOf(await textOf(response), code));
  }

  #exchange(request: ApiRequest, timeoutMs: number | undefined): Promise<http.IncomingMessage> {
    const body = request.body === undefined ? undefined : JSON.stringify(request.body);
    const { token, name, impersonate } = this.#config;
    return new Promise((resolve, reject) => {
      const sent = this.#send(
        {
          ...this.#base,
          method: request.method,
          path: request.path,
          ...(request.signal && { signal: request.signal }),
          ...(timeoutMs !== undefined && { timeout: timeoutMs }),
          headers: {
            accept: request.accept ?? "application/json",
            "user-agent": name ?? "freehold",
            ...(token !== undefined && { authorization: `Bearer ${token}` }),
            ...(impersonate && {
              "impersonate-user": impersonate.user,
              "impersonate-group": impersonate.group,
            }),
            ...(body !== undefined && {
              "content-type": request.contentType ?? "application/json",
              "content-length": Buffer.byteLength(body),
            }),
            ...(request.bytes && {
              "content-type": "application/octet-stream",
              "content-length": request.bytes.length,
            }),
            ...(request.from !== undefined && { range: `bytes=${request.from}-` }),
          },
        },
        resolve,
      );
      sent.on("timeout", () => sent.destroy(new Error(`no answer within ${(timeoutMs ?? 0) / 1000} s`)));
      sent.on("error", (error) => {
        const message = `Cannot reach the API at ${this.#config.server}: ${error.message}`;
        reject(new ApiError(0, { message }, { cause: error }));
      });
      if (request.bytes)
        void pipeline(request.bytes.pieces, sent).catch((error: Error) => sent.destroy(error));
      else sent.end(body);
    });
  }
}

async function textOf(response: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of response) chunks.push(Buffer.from(chunk));
  } catch (error) {
    throw new ApiError(0, { message: `the answer broke off: ${String(error)}` }, { cause: error });
  }
  return Buffer.concat(chunks).toString("utf8");
}

function statusOf(text: string, code: number): FailureStatus {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === "object" && parsed !== null && Reflect.get(parsed, "kind") === "Status")
      return parsed;
  } catch {
    // Not from our API: a proxy's page, say. Its text is the best message there is.
  }
  return { message: text.slice(0, 500) || `HTTP ${code}`, code };
}

/** Reads a PEM given inline or as a file. */
export function pemFrom(data: string | undefined, file: string | undefined): string | undefined {
  if (data !== undefined) return Buffer.from(data, "base64").toString("utf8");
  return file === undefined ? undefined : readFileSync(file, "utf8");
}

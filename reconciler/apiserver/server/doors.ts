import type { OnApplicationBootstrap, OnApplicationShutdown } from "@nestjs/common";

import type { CertificateAuthority } from "../auth/certificate-authority.ts";
import { type Listener, listenTls, listenUnix } from "../http/listener.ts";
import { serveRequest, type ServePorts } from "../http/serve-request.ts";
import type { RawRequest, RawResponse } from "../http/write-reply.ts";

export interface DoorsOptions extends Omit<ServePorts, "closing" | "isReady"> {
  readonly listen: { readonly host: string; readonly port: number };
  readonly socketPath: string | undefined;
  readonly names: readonly string[];
  readonly authority: CertificateAuthority;
}

/** Where requests come in: opened when everything else runs, closed before anything else stops. */
export class Doors implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #options: DoorsOptions;
  readonly #closing = new AbortController();
  #listeners: readonly Listener[] = [];

  constructor(options: DoorsOptions) {
    this.#options = options;
  }

  get port(): number {
    return this.#listeners[0]?.port ?? 0;
  }

  async onApplicationBootstrap(): Promise<void> {
    const { authority, names, clock, listen, socketPath } = this.#options;
    const ports: ServePorts = {
      ...this.#options,
      closing: this.#closing.signal,
      isReady: () => !this.#closing.signal.aborted,
    };
    const serve = (request: RawRequest, response: RawResponse): void =>
      void serveRequest(ports, request, response);
    const usable = names.filter((name) => name !== "0.0.0.0" && name !== "::");
    const pair = await authority.serving(usable, clock());
    const tls = await listenTls(listen, pair, authority.certificate, serve);
    this.#listeners = [tls];
    if (socketPath !== undefined) this.#listeners = [tls, await listenUnix(socketPath, serve)];
  }

  /** Watches end first: they would hold the connections open. */
  async onApplicationShutdown(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#listeners.map((listener) => listener.stop()));
    await this.#options.audit?.close();
  }
}

import { connect, createServer, type Server, type Socket } from "node:net";

/** A TCP proxy on 127.0.0.1 that cuts connections in the midst of whatever they carry. */
export class CuttingProxy implements AsyncDisposable {
  readonly #server: Server;
  readonly #open = new Set<Socket>();
  /** Connections that were cut. */
  cuts = 0;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(targetPort: number): Promise<CuttingProxy> {
    const server = createServer();
    const proxy = new CuttingProxy(server);
    server.on("connection", (client) => {
      const target = connect(targetPort, "127.0.0.1");
      proxy.#open.add(client);
      client.once("close", () => {
        proxy.#open.delete(client);
        target.destroy();
      });
      target.once("close", () => client.destroy());
      for (const socket of [client, target]) socket.on("error", () => socket.destroy());
      client.pipe(target).pipe(client);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  get port(): number {
    const address = this.#server.address();
    if (typeof address === "object" && address) return address.port;
    throw new Error("the proxy does not listen");
  }

  /** Cuts everything that is open now; what was on its way is lost. */
  cut(): void {
    for (const socket of this.#open) {
      this.cuts += 1;
      socket.resetAndDestroy();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

import { once } from "node:events";
import { rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";

import { hostCaller, isRecord } from "./rpc/call-host.ts";
import { dispatch } from "./rpc/dispatch.ts";
import { readLines } from "./rpc/read-lines.ts";
import type { RuntimePaths } from "./runtime-paths.ts";
import { loadPackage } from "./service/load-package.ts";
import { Service } from "./service/service.ts";

export interface RuntimeOptions {
  readonly paths: RuntimePaths;
  /** Called after the host was told that `exit` is done, or when `shutdown` is; ends the process. */
  readonly onExit: () => void;
}

/** The program inside each service container: serves the host's requests for one package. */
export class Runtime {
  readonly #options: RuntimeOptions;
  readonly #service: Service;
  readonly #server: Server;
  #shutdown: Promise<void> | undefined;

  constructor(options: RuntimeOptions) {
    const { paths } = options;
    this.#options = options;
    // A container that is being stopped must not wait for an agent that is gone as well.
    const patienceMs = () => (this.#shutdown ? 1000 : 60_000);
    this.#service = new Service({
      call: hostCaller(paths.hostSocket, { patienceMs }),
      load: () => loadPackage(paths.packageEntry),
    });
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#serve(socket));
  }

  /** Resolves when the host can connect, which is how it knows that the runtime is up. */
  async listen(): Promise<void> {
    const { serviceSocket } = this.#options.paths;
    // A former container of this package may have left its socket in the shared directory.
    rmSync(serviceSocket, { force: true });
    this.#server.listen(serviceSocket);
    await once(this.#server, "listening");
    console.log(`Listening on ${serviceSocket}`);
  }

  /** Ends the package's daemons in order and then the process, without uninit: what a container's stop signal asks for. */
  shutdown(): Promise<void> {
    this.#shutdown ??= this.#service
      .stop()
      .catch((error: unknown) => console.error("Cannot stop the package in order:", error))
      .then(() => this.close());
    return this.#shutdown;
  }

  close(): void {
    this.#server.close();
    this.#options.onExit();
  }

  #serve(socket: Socket): void {
    socket.on("error", (error) => console.error("The host's connection failed:", error.message));
    socket.on("end", () => socket.end());
    readLines(socket, (line) => {
      this.#answer(socket, line).catch((error: unknown) => console.error("Cannot answer the host:", error));
    });
  }

  async #answer(socket: Socket, line: string): Promise<void> {
    const request = parseRequest(line);
    if (request === undefined) {
      socket.write(
        `${JSON.stringify({ jsonrpc: "2.0", id: null, error: { code: -32700, message: "Parse error" } })}\n`,
      );
      return;
    }
    const wasInitialised = this.#service.isInitialised;
    const answer = await dispatch(this.#service, request);
    const isExit =
      request["method"] === "exit" && wasInitialised && answer !== undefined && "result" in answer;
    const done = isExit ? () => this.close() : undefined;
    if (answer === undefined || request["id"] === undefined) return done?.();
    socket.write(`${JSON.stringify({ jsonrpc: "2.0", id: request["id"], ...answer })}\n`, done);
  }
}

function parseRequest(line: string): Record<string, unknown> | undefined {
  try {
    const request: unknown = JSON.parse(line);
    return isRecord(request) ? request : undefined;
  } catch {
    return undefined;
  }
}

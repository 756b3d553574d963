import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** Debian's etcd (package etcd-server) in a folder and on loopback ports of its own; it can be killed and started again. */
export class EtcdServer implements AsyncDisposable {
  readonly url: string;
  readonly #folder = mkdtempSync(join(tmpdir(), "freehold-etcd-"));
  readonly #peerUrl: string;
  #child: ChildProcess | undefined;

  private constructor(port: number, peerPort: number) {
    this.url = `http://127.0.0.1:${port}`;
    this.#peerUrl = `http://127.0.0.1:${peerPort}`;
  }

  static async start(): Promise<EtcdServer> {
    const server = new EtcdServer(await freePort(), await freePort());
    await server.run();
    return server;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Resolves when it serves clients. Rejects when etcd is not installed or ends before. */
  async run(): Promise<void> {
    const child = spawn(
      "etcd",
      [
        `--data-dir=${this.#folder}`,
        "--name=test",
        "--logger=zap",
        `--listen-client-urls=${this.url}`,
        `--advertise-client-urls=${this.url}`,
        `--listen-peer-urls=${this.#peerUrl}`,
        `--initial-advertise-peer-urls=${this.#peerUrl}`,
        `--initial-cluster=test=${this.#peerUrl}`,
      ],
      { stdio: ["ignore", "ignore", "pipe"] },
    );
    this.#child = child;
    const failed = once(child, "exit").then(([code]) => {
      throw new Error(`Cannot start etcd: it ended with ${code}`);
    });
    await Promise.race([failed, ready(child)]);
    // From here on its end is expected.
    failed.catch(() => undefined);
  }

  /** SIGKILL, as a crash would. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true });
  }
}

function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (!child.stderr) return;
    createInterface(child.stderr).on("line", (line) => {
      if (line.includes("serving client traffic")) resolve();
    });
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("Cannot find a free port");
  return address.port;
}

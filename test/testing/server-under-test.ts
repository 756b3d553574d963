import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, globSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

import { type Kind, type Resource, stableHash } from "@freehold/apis";
import { packageKind } from "@freehold/apis/package";
import { Client, readKubeconfig } from "@freehold/client";
import { isReady } from "@freehold/engine";

const root = join(import.meta.dirname, "../..");
const node = join(root, "node_modules/node/bin/node");
const main = join(root, "image/dist/bundle/main.js");

/** A whole Freehold in a folder of its own; for tests, drills and benchmarks that run inside test/envelope.sh. */
export class ServerUnderTest implements AsyncDisposable {
  readonly data: string;
  #up: ChildProcess | undefined;
  #client: Client | undefined;

  private constructor(data: string) {
    this.data = data;
  }

  static async start(): Promise<ServerUnderTest> {
    const server = new ServerUnderTest(await mkdtemp("/var/tmp/freehold-"));
    await server.up();
    return server;
  }

  get client(): Client {
    if (!this.#client) throw new Error("the server was not started");
    return this.#client;
  }

  /** Port of the API. */
  get port(): number {
    return Number(new URL(readKubeconfig(`${this.data}/admin.kubeconfig`).server).port);
  }

  async up(): Promise<void> {
    const up = spawn(node, [main, "up", "--data", this.data, "--listen", "127.0.0.1:0"], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, FREEHOLD_LOG: "warn" },
    });
    let said = "";
    up.stderr.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-20_000);
    });
    this.#up = up;
    await new Promise<void>((resolve, reject) => {
      up.stdout.setEncoding("utf8").on("data", (text: string) => text.includes("ready") && resolve());
      up.once("exit", (code) => reject(new Error(`up ended with ${code}: ${said}`)));
    });
    this.#client?.[Symbol.dispose]();
    this.#client = new Client(readKubeconfig(`${this.data}/admin.kubeconfig`));
  }

  /** The folder of its cgroups; other Freeholds may run on this machine. */
  get cgroup(): string {
    return `freehold-${stableHash(this.data)}`;
  }

  /** Pids of the daemons: `server`, `agent`. */
  pids(name: "server" | "agent"): readonly number[] {
    return processes().flatMap(({ pid, args }) =>
      args.includes(`main.js ${name} --data ${this.data} `) ? [pid] : [],
    );
  }

  /** Pids of the containers' inits. */
  inits(): readonly number[] {
    const monitors = new Set(
      processes().flatMap(({ pid, args }) =>
        args.startsWith("lxc-start") && args.includes(this.data) ? [pid] : [],
      ),
    );
    return processes().flatMap(({ pid, parent }) => (monitors.has(parent) ? [pid] : []));
  }

  async apply(name: string, file: string, spec: object = {}): Promise<void> {
    const draft = packageKind.draft(
      { name, namespace: "default" },
      { source: { file }, running: true, ...spec },
    );
    await this.client.create(packageKind, draft, { name: "test" });
  }

  /** Polls, since it must also work while the server is being killed. */
  async until<T>(what: string, look: () => Promise<T | undefined | false>, timeoutMs = 60_000): Promise<T> {
    const deadline = Date.now() + timeoutMs;
    let last: unknown = "nothing";
    while (Date.now() < deadline) {
      try {
        const found = await look();
        if (found !== undefined && found !== false) return found;
      } catch (error) {
        last = error;
      }
      await pause(50);
    }
    throw new Error(`Waited ${timeoutMs / 1000} s for ${what}; last: ${String(last)}`);
  }

  async ready<R extends Resource>(
    kind: Kind<R>,
    name: string,
    namespace?: string,
    timeoutMs = 60_000,
  ): Promise<R> {
    const look = async (): Promise<R> => {
      const found = await this.client.get(kind, name, namespace);
      if (found && isReady(found)) return found;
      throw new Error(JSON.stringify(found?.status));
    };
    return this.until(`${kind.kind} ${name} to be ready`, look, timeoutMs);
  }

  /** What of ours is in the kernel and on disk now; the measure of "nothing is left". */
  leftovers(): Leftovers {
    const mounts = readFileSync("/proc/self/mountinfo", "utf8")
      .split("\n")
      .flatMap((line) => line.split(" ")[4] ?? [])
      .filter((target) => target.startsWith(`${this.data}/agent/`));
    return {
      containers: globSync(`${this.data}/agent/{containers,host/containers}/*`),
      images: globSync(`${this.data}/agent/images/*`),
      archives: globSync(`${this.data}/agent/host/archives/*`).filter((path) => !path.endsWith("/kept")),
      trash: globSync(`${this.data}/agent/trash/*`),
      mounts: mounts.filter(
        (target) => !target.endsWith("/runtime/root") && !target.includes("/agent/volumes/"),
      ),
      links: globSync("/sys/class/net/fhv*"),
      cgroups: globSync(`/sys/fs/cgroup/{*/,}${this.cgroup}/*/`).filter((path) =>
        existsSync(`${path}/cgroup.procs`),
      ),
      processes: this.inits().map(String),
    };
  }

  async stop(): Promise<void> {
    const up = this.#up;
    this.#up = undefined;
    if (!up || up.exitCode !== null) return;
    const ended = new Promise((resolve) => up.once("exit", resolve));
    up.kill("SIGTERM");
    await ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    this.#client?.[Symbol.dispose]();
    const down = spawn(node, [main, "down", "--data", this.data], { stdio: "ignore" });
    await new Promise((resolve) => down.once("exit", resolve));
    await rm(this.data, { recursive: true, force: true });
  }
}

export type Leftovers = Readonly<Record<string, readonly string[]>>;

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly args: string;
}

export function processes(): readonly Process[] {
  return globSync("/proc/[0-9]*").flatMap((folder) => {
    try {
      const args = readFileSync(`${folder}/cmdline`, "utf8").replaceAll("\0", " ");
      const [, , parent = "0"] = readFileSync(`${folder}/stat`, "utf8")
        .replace(/^.*\) /, "x ")
        .split(" ");
      return [{ pid: Number(folder.slice("/proc/".length)), parent: Number(parent), args }];
    } catch {
      // It ended while we looked.
      return [];
    }
  });
}

/** A starter package that `manifests/packages/pack.ts` has packed. */
export function packed(name: string): string {
  const file = join(root, ".freehold/packages", `${name}.s9pk`);
  if (!existsSync(file)) throw new Error(`"${file}" is missing: pack it with manifests/packages/pack.ts`);
  return file;
}

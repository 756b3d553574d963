import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { packageKind } from "@freehold/apis/package";
import { Client, readKubeconfig } from "@freehold/client";
import { afterAll, beforeAll, expect, it } from "vitest";

import { EtcdServer } from "./etcd-server.ts";

const root = join(import.meta.dirname, "../..");

/** `freehold server` as a process of its own, over a store it shares. */
class Server {
  readonly #data: string;
  readonly #child: ChildProcess;
  #said = "";

  private constructor(data: string, child: ChildProcess) {
    this.#data = data;
    this.#child = child;
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (this.#said += text));
  }

  static async start(data: string, store: string): Promise<Server> {
    const words = ["server", "--data", data, "--listen", "127.0.0.1:0", "--store", `etcd:${store}`];
    const child = spawn(join(root, "bin/freehold"), words, { stdio: ["ignore", "pipe", "pipe"] });
    const server = new Server(data, child);
    await Promise.race([
      once(child.stdout, "data"),
      once(child, "exit").then(() => Promise.reject(new Error(server.#said))),
    ]);
    return server;
  }

  get client(): Client {
    return new Client(readKubeconfig(join(this.#data, "server/admin.kubeconfig")));
  }

  /** How often it has begun to run the controllers, and how often it was told that they are another's. */
  get terms(): readonly [begun: number, lost: number] {
    return [
      this.#said.split("runs the controllers").length - 1,
      this.#said.split("lost the cont").length - 1,
    ];
  }

  signal(name: "SIGKILL" | "SIGSTOP" | "SIGCONT" | "SIGTERM"): void {
    this.#child.kill(name);
  }

  async end(name: "SIGKILL" | "SIGTERM"): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, "exit");
    this.#child.kill(name);
    this.#child.kill("SIGCONT");
    await ended;
  }
}

let etcd: EtcdServer;
let folder: string;
const servers: Server[] = [];

beforeAll(async () => {
  execFileSync("tsc", ["-b", "image", "sdk/cli"], { cwd: root, stdio: "inherit" });
  etcd = await EtcdServer.start();
  folder = await mkdtemp(join(tmpdir(), "freehold-two-"));
}, 120_000);

afterAll(async () => {
  await Promise.all(servers.map((server) => server.end("SIGKILL")));
  await etcd[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** Servers of one system share its keys, identities and authority. */
async function second(): Promise<string> {
  const [from, to] = [join(folder, "a/server"), join(folder, "b/server")];
  await mkdir(to, { recursive: true, mode: 0o700 });
  for (const name of ["encryption.key", "tokens.json", "pki"]) {
    await cp(join(from, name), join(to, name), { recursive: true });
  }
  return join(folder, "b");
}

async function create(client: Client, name: string): Promise<void> {
  const source = { file: "/nowhere.s9pk" };
  const draft = packageKind.draft({ name, namespace: "default" }, { source, running: true });
  await client.create(packageKind, draft, { name: "test" });
}

/** A controller has looked at it: with no machine, that is all it can do. */
async function seen(client: Client, name: string): Promise<void> {
  const conditions = async (): Promise<unknown> =>
    (await client.get(packageKind, name, "default"))?.status?.conditions?.map(({ reason }) => reason);
  await expect.poll(conditions, { timeout: 60_000, interval: 100 }).toContain("NoMachine");
}

it("of two servers one runs the controllers, and the other after a kill -9, and the first again", async () => {
  const a = await Server.start(join(folder, "a"), etcd.url);
  servers.push(a);
  const b = await Server.start(await second(), etcd.url);
  servers.push(b);
  using viaA = a.client;
  using viaB = b.client;
  await create(viaB, "one");
  await seen(viaA, "one");
  expect([a.terms, b.terms]).toEqual([
    [1, 0],
    [0, 0],
  ]);
  // As a machine that sleeps: it does not know that its time is over.
  a.signal("SIGSTOP");
  await create(viaB, "two");
  await seen(viaB, "two");
  expect(b.terms).toEqual([1, 0]);
  a.signal("SIGCONT");
  await expect.poll(() => a.terms, { timeout: 30_000 }).toEqual([1, 1]);
  await create(viaA, "three");
  await seen(viaA, "three");
  await b.end("SIGKILL");
  await create(viaA, "four");
  await seen(viaA, "four");
  expect(a.terms).toEqual([2, 1]);
  await a.end("SIGTERM");
  expect(await readFile(join(folder, "a/server/encryption.key"))).toHaveLength(32);
}, 180_000);

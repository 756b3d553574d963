import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const ROOT = join(import.meta.dirname, "../..");

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Builds server and CLI; nothing happens when they are built. */
export function build(): void {
  execFileSync("tsc", ["-b", "image", "sdk/cli"], { cwd: ROOT, stdio: "inherit" });
}

/** A server without an agent in a folder of its own, and the CLI that talks to it. */
export class ServerRun {
  readonly folder: string;
  #child: ChildProcess;

  private constructor(folder: string, child: ChildProcess) {
    this.folder = folder;
    this.#child = child;
  }

  static async start(): Promise<ServerRun> {
    const folder = await mkdtemp(join(tmpdir(), "freehold-cli-"));
    return new ServerRun(folder, await ServerRun.#up(folder));
  }

  /** Stops it, and starts it over what it has; milliseconds until it was ready again. */
  async restart(): Promise<number> {
    await this.#down();
    const began = performance.now();
    this.#child = await ServerRun.#up(this.folder);
    return performance.now() - began;
  }

  static async #up(folder: string): Promise<ChildProcess> {
    const argv = ["up", "--data", folder, "--listen", "127.0.0.1:0", "--no-agent"];
    const child = spawn(join(ROOT, "bin/freehold"), argv, { stdio: ["ignore", "pipe", "pipe"] });
    let log = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (log += text));
    for await (const line of createInterface({ input: child.stdout })) {
      if (line.startsWith("ready")) return child;
    }
    throw new Error(`Cannot start the server: it ended before it was ready: ${log}`);
  }

  get kubeconfig(): string {
    return join(this.folder, "admin.kubeconfig");
  }

  /** Runs the CLI to its end. */
  freehold(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
    return run(join(ROOT, "bin/freehold"), args, {
      ...options,
      env: { KUBECONFIG: this.kubeconfig, ...options.env },
    });
  }

  start(args: readonly string[]): ReturnType<typeof spawn> {
    const env = { ...process.env, KUBECONFIG: this.kubeconfig };
    return spawn(join(ROOT, "bin/freehold"), args, { env, stdio: ["ignore", "pipe", "pipe"] });
  }

  async stop(): Promise<void> {
    await this.#down();
    await rm(this.folder, { recursive: true });
  }

  async #down(): Promise<void> {
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGTERM");
    await ended;
  }
}

export function run(
  file: string,
  args: readonly string[],
  { input = "", env = {} }: RunOptions,
): Promise<Ran> {
  return new Promise((resolve) => {
    const child = execFile(
      file,
      args,
      { env: { ...process.env, ...env }, timeout: 30_000 },
      (error, out, err) =>
        resolve({ code: typeof error?.code === "number" ? error.code : error ? -1 : 0, out, err }),
    );
    child.stdin?.end(input);
  });
}

import { type ChildProcess, spawn } from "node:child_process";

import type { Logger } from "pino";

const FIRST_DELAY_MS = 200;
const LONGEST_DELAY_MS = 2_000;
/** A child that lived this long begins with a short delay again. */
const STEADY_MS = 30_000;
const STOP_MS = 20_000;
/** Daemons idle most of the time; docs/adr/0013 says what each of these saves, and that it costs no speed. */
const NODE_FLAGS = ["--max-semi-space-size=1", "--optimize-for-size"] as const;
// One arena: what one thread freed, another may use. A threshold that is set stays as it is, instead of growing with what is freed.
const MALLOC = {
  MALLOC_ARENA_MAX: "1",
  MALLOC_TRIM_THRESHOLD_: "131072",
  MALLOC_MMAP_THRESHOLD_: "131072",
} as const;

export interface Program {
  readonly name: string;
  readonly argv: readonly string[];
  /** Added to our own. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly identity?: { readonly uid: number; readonly gid: number };
}

/** A child process that is started again whenever it ends, until it is told to stop. Its standard input ends with us. */
export class Supervised {
  #program: Program;
  readonly #log: Logger;
  #child: ChildProcess | undefined;
  #stopping = false;
  #delayMs = FIRST_DELAY_MS;

  constructor(program: Program, log: Logger) {
    this.#program = program;
    this.#log = log;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** What is started the next time. */
  replace(program: Program): void {
    this.#program = program;
  }

  /** Resolves with the rest of the first line that begins with `ready`; rejects when it ends before. */
  start(): Promise<string> {
    return new Promise((resolve, reject) => this.#spawn({ resolve, reject }));
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
    await ended;
    clearTimeout(timer);
  }

  #spawn(first?: { resolve: (rest: string) => void; reject: (error: Error) => void }): void {
    const { name, argv, environment, identity } = this.#program;
    const began = Date.now();
    const child = spawn(process.execPath, [...NODE_FLAGS, ...argv], {
      stdio: ["pipe", "pipe", "inherit"],
      env: { ...process.env, ...MALLOC, ...environment, FREEHOLD_SUPERVISED: "1" },
      ...identity,
    });
    this.#child = child;
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      const match = /^ready ?(.*)$/m.exec(text);
      if (match) first?.resolve(match[1] ?? "");
    });
    child.once("error", (error) => first?.reject(error));
    child.once("exit", (code, signal) => {
      first?.reject(new Error(`Cannot start the ${name}: it ended with ${signal ?? code}`));
      if (!this.#stopping) this.#again(began, signal ?? code);
    });
  }

  #again(began: number, ended: string | number | null): void {
    this.#delayMs =
      Date.now() - began > STEADY_MS ? FIRST_DELAY_MS : Math.min(LONGEST_DELAY_MS, this.#delayMs * 2);
    this.#log.warn(
      { program: this.#program.name, ended, delayMs: this.#delayMs },
      "ended; starting it again",
    );
    setTimeout(() => {
      if (!this.#stopping) this.#spawn();
    }, this.#delayMs);
  }
}

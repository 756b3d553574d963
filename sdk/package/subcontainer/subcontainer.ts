import { type ChildProcess, execFile, spawn, type StdioOptions } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:fs";
import { access, copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";

import type { Effects } from "../abi/effects.ts";
import type { ProgramDefinition, VolumeMount } from "../daemons/daemon-definition.ts";

const run = promisify(execFile);
const helper = "/usr/bin/start-container";
const leaderDeadlineMs = 10_000;

export interface ExecResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}
export type ExecOptions = Pick<ProgramDefinition, "user" | "workdir" | "env">;

/** A root file system made from one of the package's images, with a process 1 of its own. What is written outside mounts is lost. */
export class Subcontainer implements AsyncDisposable {
  readonly image: string;
  /** The root as the runtime sees it. */
  readonly root: string;
  readonly #effects: Effects;
  readonly #guid: string;
  readonly #leader: ChildProcess;

  private constructor(
    effects: Effects,
    image: string,
    made: { root: string; guid: string; leader: ChildProcess },
  ) {
    this.image = image;
    this.root = made.root;
    this.#effects = effects;
    this.#guid = made.guid;
    this.#leader = made.leader;
  }

  /** Makes one and mounts the volumes. Rejects, and leaves nothing behind, when a step fails. */
  static async create(
    effects: Effects,
    image: string,
    mounts: readonly VolumeMount[] = [],
  ): Promise<Subcontainer> {
    const [root, guid] = await effects.subcontainer.createFs({ imageId: image, name: image });
    const leader = spawn(helper, ["subcontainer", "launch", root], { stdio: "inherit" });
    const made = new Subcontainer(effects, image, { root, guid, leader });
    try {
      for (const mount of mounts) await made.#mount(mount);
      await mkdir(join(root, "etc"), { recursive: true });
      await copyFile("/etc/resolv.conf", join(root, "etc/resolv.conf"));
      for (const name of ["dev", "sys"]) await made.#bindHost(name);
      await made.#leaderIsUp();
      return made;
    } catch (error) {
      await made[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Starts a program with stdio inherited, which is the package's log, unless said otherwise. */
  async spawn(
    command: readonly string[],
    options: ExecOptions = {},
    stdio: StdioOptions = "inherit",
  ): Promise<ChildProcess> {
    const child = spawn(
      helper,
      ["subcontainer", "exec", ...(await this.#execOptions(options)), this.root, ...command],
      { stdio },
    );
    await once(child, "spawn");
    return child;
  }

  /** Runs a program to its end. */
  async exec(command: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
    const child = await this.spawn(command, options, ["ignore", "pipe", "pipe"]);
    let stdout = "";
    let stderr = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    await once(child, "close");
    return { code: child.exitCode, stdout, stderr };
  }

  /** Writes a file into the root, making its directory. */
  async writeFile(path: string, text: string): Promise<void> {
    const target = join(this.root, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#leader.exitCode === null && this.#leader.signalCode === null) {
      const exited = once(this.#leader, "exit");
      this.#leader.kill("SIGTERM");
      await exited;
    }
    await this.#effects.subcontainer.destroyFs({ guid: this.#guid });
  }

  async #execOptions({ user, workdir, env = {} }: ExecOptions): Promise<string[]> {
    const images = "/media/startos/images";
    const image: { user?: string; workdir?: string } = JSON.parse(
      await readFile(`${images}/${this.image}.json`, "utf8"),
    );
    return [
      `--env-file=${images}/${this.image}.env`,
      `--user=${user ?? (image.user || "root")}`,
      `--workdir=${workdir ?? (image.workdir || "/")}`,
      ...Object.entries(env).map(([name, value]) => `--env=${name}=${value}`),
    ];
  }

  async #mount({ volume, at, readOnly = false }: VolumeMount): Promise<void> {
    const target = join(this.root, at);
    await mkdir(target, { recursive: true });
    const source = `/media/startos/volumes/${volume}`;
    const flags = readOnly ? ["--readonly"] : [];
    await run(helper, ["bind-mount", "--source", source, "--target", target, "--recursive", ...flags]);
  }

  async #bindHost(name: string): Promise<void> {
    const target = join(this.root, name);
    await mkdir(target, { recursive: true });
    await run(helper, ["bind-mount", "--source", `/${name}`, "--target", target, "--recursive"]);
  }

  /** The leader is up when the /proc it mounts shows it. */
  async #leaderIsUp(): Promise<void> {
    for (let waited = 0; waited < leaderDeadlineMs; waited += 5) {
      const isUp = await access(join(this.root, "proc/1"), constants.F_OK).then(
        () => true,
        () => false,
      );
      if (isUp) return;
      if (this.#leader.exitCode !== null) break;
      await delay(5);
    }
    throw new Error(`Cannot start subcontainer "${this.image}": its leader did not come up in ${this.root}`);
  }
}

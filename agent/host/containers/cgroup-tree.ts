import { existsSync, readdirSync, readFileSync, watch } from "node:fs";
import { readdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";

import { HostError, type Limits } from "@freehold/agent-ports";

import { errnoOf } from "../host-failure.ts";
import { allLimitLines, limitsFrom } from "./limit-lines.ts";

const MOUNT = "/sys/fs/cgroup";
const REMOVE_ATTEMPTS = 500;

/** The cgroups of our containers: `<hierarchy>/<parent>/<name>/{monitor,payload}` in every hierarchy. cgroups(7). */
export class CgroupTree {
  /** v2 when the unified hierarchy has the memory controller, whatever else is mounted. */
  readonly version: "v1" | "v2";
  readonly parent: string;
  /** Mount points of all hierarchies; the unified one of a hybrid machine has no controllers but can kill. */
  readonly #hierarchies: readonly string[];

  constructor(parent: string) {
    this.parent = parent;
    const controllers = `${MOUNT}/cgroup.controllers`;
    this.version =
      existsSync(controllers) && readFileSync(controllers, "utf8").includes("memory") ? "v2" : "v1";
    this.#hierarchies =
      this.version === "v2"
        ? [MOUNT]
        : readdirSync(MOUNT, { withFileTypes: true })
            .filter((entry) => entry.isDirectory())
            .map(({ name }) => `${MOUNT}/${name}`);
  }

  pathOf(name: string): string {
    return `${this.parent}/${name}`;
  }

  /** Processes in the container's cgroups, of lxc-start or of the container. */
  async processes(name: string, part: "monitor" | "payload"): Promise<readonly number[]> {
    const found = new Set<number>();
    for (const hierarchy of this.#hierarchies) {
      const text = await readAbsent(`${hierarchy}/${this.pathOf(name)}/${part}/cgroup.procs`);
      for (const pid of text?.split("\n") ?? []) if (pid !== "") found.add(Number(pid));
    }
    return [...found];
  }

  async limits(name: string): Promise<Limits> {
    const texts: Record<string, string> = {};
    for (const [file, path] of this.#limitFiles(name)) {
      const text = await readAbsent(path);
      if (text !== undefined) texts[file] = text.trim();
    }
    return limitsFrom(this.version, texts);
  }

  async setLimits(name: string, limits: Limits): Promise<void> {
    for (const { controller, file, value } of allLimitLines(this.version, limits)) {
      await writeFile(`${this.#payload(controller, name)}/${file}`, value);
    }
  }

  /** Counts, among others as `oom_kill N`, whom the kernel killed for want of memory. Gone with the container. */
  oomFile(name: string): string {
    return `${this.#payload("memory", name)}/${this.version === "v2" ? "memory.events" : "memory.oom_control"}`;
  }

  async isFrozen(name: string): Promise<boolean> {
    const text = await readAbsent(this.#freezer(name)[0]);
    return text?.trim() === this.#freezer(name)[1];
  }

  async thaw(name: string): Promise<void> {
    if (!(await this.isFrozen(name))) return;
    const [path] = this.#freezer(name);
    await writeFile(path, this.version === "v2" ? "0" : "THAWED");
  }

  /** SIGKILL to every process of the container at once where the kernel can (Linux 5.14), one by one elsewhere. */
  async kill(name: string): Promise<void> {
    for (const hierarchy of this.#hierarchies) {
      const path = `${hierarchy}/${this.pathOf(name)}/payload/cgroup.kill`;
      if (existsSync(path)) await writeFile(path, "1");
    }
    for (const pid of await this.processes(name, "payload")) {
      try {
        process.kill(pid, "SIGKILL");
      } catch (error) {
        if (errnoOf(error) !== "ESRCH") throw error;
      }
    }
  }

  /** Names that have a cgroup. */
  async names(): Promise<readonly string[]> {
    const names = new Set<string>();
    for (const hierarchy of this.#hierarchies) {
      for (const name of await directoriesIn(`${hierarchy}/${this.parent}`)) names.add(name);
    }
    return [...names];
  }

  has(name: string): boolean {
    return this.#hierarchies.some((hierarchy) => existsSync(`${hierarchy}/${this.pathOf(name)}`));
  }

  /** Removes the container's cgroups with all below. Ended processes keep one for a moment, so this waits up to 5 s. */
  async remove(name: string): Promise<void> {
    for (const hierarchy of this.#hierarchies) {
      const path = `${hierarchy}/${this.pathOf(name)}`;
      for (let attempt = 1; !(await removeDirectories(path)); attempt++) {
        if (attempt === REMOVE_ATTEMPTS)
          throw new HostError("busy", `Cannot remove cgroup "${path}": in use`);
        await delay(10);
      }
    }
  }

  /** Calls back when anybody writes a limit of the container. */
  onLimitChange(name: string, callback: () => void): Disposable {
    const watchers = [...this.#limitFiles(name).values()].filter(existsSync).map((path) => {
      const watcher = watch(path, { persistent: false }, callback);
      // The file goes with the container, whose end is watched otherwise.
      watcher.on("error", () => watcher.close());
      return watcher;
    });
    return {
      [Symbol.dispose]() {
        for (const watcher of watchers) watcher.close();
      },
    };
  }

  #limitFiles(name: string): ReadonlyMap<string, string> {
    const files = allLimitLines(this.version, {}).map(
      ({ controller, file }) => [file, `${this.#payload(controller, name)}/${file}`] as const,
    );
    const period = `${this.#payload("cpu", name)}/cpu.cfs_period_us`;
    return new Map(this.version === "v1" ? [...files, ["cpu.cfs_period_us", period]] : files);
  }

  #payload(controller: string, name: string): string {
    const hierarchy = this.version === "v2" ? MOUNT : `${MOUNT}/${controller}`;
    return `${hierarchy}/${this.pathOf(name)}/payload`;
  }

  #freezer(name: string): readonly [path: string, frozen: string] {
    return this.version === "v2"
      ? [`${this.#payload("", name)}/cgroup.freeze`, "1"]
      : [`${this.#payload("freezer", name)}/freezer.state`, "FROZEN"];
  }
}

/** Deepest first; false when one is still in use. */
async function removeDirectories(path: string): Promise<boolean> {
  for (const child of await directoriesIn(path)) {
    if (!(await removeDirectories(`${path}/${child}`))) return false;
  }
  try {
    await rmdir(path);
    return true;
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return true;
    if (errnoOf(error) === "EBUSY") return false;
    throw error;
  }
}

async function directoriesIn(path: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return [];
    throw error;
  }
}

/** Undefined when the cgroup is gone: before it is opened (ENOENT) or after (ENODEV). */
async function readAbsent(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (errnoOf(error) === "ENOENT" || errnoOf(error) === "ENODEV") return undefined;
    throw error;
  }
}

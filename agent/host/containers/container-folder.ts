import { mkdir, open, readdir, readFile, rm, stat } from "node:fs/promises";

import { type ContainerDefinition, HostError } from "@freehold/agent-ports";

import { errnoOf } from "../host-failure.ts";
import { writeText, writeVolatileText } from "../mounts/write-text.ts";
import { type ContainerRecord, newRecord, parseRecord } from "./container-record.ts";
import { parseDefinition } from "./parse-definition.ts";
import { readRunEnd, type RunEnd } from "./run-end.ts";

/** See native/log-lines. */
const STAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z /gm;

/** The files of one container: `<path>/<name>/{config,definition.json,record.json,plan,log,log.1,lxc.log,oom}`. `path` is LXC's `-P`. */
export class ContainerFolder {
  readonly name: string;
  readonly path: string;

  constructor(root: string, name: string) {
    if (!/^[A-Za-z0-9][A-Za-z0-9-]{0,62}$/.test(name)) {
      throw new HostError(
        "invalid",
        `Cannot use container "${name}": not letters, digits and "-", at most 63`,
      );
    }
    this.name = name;
    this.path = `${root}/${name}`;
  }

  get logPath(): string {
    return `${this.path}/log`;
  }

  get planPath(): string {
    return `${this.path}/plan`;
  }

  /** What the last run left: a copy of the cgroup's counts. */
  get oomPath(): string {
    return `${this.path}/oom`;
  }

  /** What lxc-start says of the run. */
  get lxcLogPath(): string {
    return `${this.path}/lxc.log`;
  }

  /** How the run ended, out of what it left, and forgets it. */
  async takeEnd(): Promise<RunEnd> {
    const [said = "", counts = ""] = await Promise.all([this.#read("lxc.log"), this.#read("oom")]);
    await Promise.all([this.lxcLogPath, this.oomPath].map((path) => rm(path, { force: true })));
    return readRunEnd(said, counts);
  }

  async exists(): Promise<boolean> {
    return (await this.#read(".")) !== undefined;
  }

  async definition(): Promise<ContainerDefinition | undefined> {
    const text = await this.#read("definition.json");
    return text === undefined ? undefined : parseDefinition(text);
  }

  async writeDefinition(definition: ContainerDefinition): Promise<void> {
    await mkdir(this.path, { recursive: true, mode: 0o700 });
    await writeText(`${this.path}/definition.json`, JSON.stringify(definition, undefined, 2), 0o600);
  }

  /** What LXC and the hook read at start. */
  async writeStartFiles(config: string, plan: string): Promise<void> {
    await Promise.all([
      writeVolatileText(`${this.path}/config`, config, 0o600),
      writeVolatileText(this.planPath, plan, 0o600),
    ]);
  }

  async record(): Promise<ContainerRecord> {
    const text = await this.#read("record.json");
    return (text && parseRecord(text)) || newRecord;
  }

  /** Without waiting for the disk: a power loss ends the container too. */
  async writeRecord(record: ContainerRecord): Promise<void> {
    await writeVolatileText(`${this.path}/record.json`, JSON.stringify(record), 0o600);
  }

  async logLength(): Promise<number> {
    try {
      return (await stat(this.logPath)).size;
    } catch (error) {
      if (errnoOf(error) === "ENOENT") return 0;
      throw error;
    }
  }

  /** The end of what was logged after a position, to explain a failure. */
  async logSince(position: number): Promise<string> {
    await using file = await open(this.logPath, "r");
    const buffer = Buffer.alloc(4096);
    const { size } = await file.stat();
    // Another file by now, when the log grew too long.
    const begin = position > size ? 0 : position;
    const { bytesRead } = await file.read(buffer, 0, buffer.length, Math.max(begin, size - buffer.length));
    return buffer.toString("utf8", 0, bytesRead).replaceAll(STAMP, "").trim();
  }

  async #read(file: string): Promise<string | undefined> {
    try {
      if (file === ".") return (await readdir(this.path)).join();
      return await readFile(`${this.path}/${file}`, "utf8");
    } catch (error) {
      if (errnoOf(error) === "ENOENT") return undefined;
      throw error;
    }
  }
}

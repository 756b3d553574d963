import { closeSync, existsSync, fchmodSync, fchownSync, openSync } from "node:fs";
import { stat } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";

import { type ContainerDefinition, HostError } from "@freehold/agent-ports";
import { makePipe, type ProcessHandle, spawn } from "@freehold/native";

import { errnoOf } from "../host-failure.ts";
import type { CgroupTree } from "./cgroup-tree.ts";
import type { ContainerFolder } from "./container-folder.ts";
import { monitorArgv, processesOf } from "./find-processes.ts";
import { lxcConfigOf } from "./lxc-config.ts";
import { hookPlanOf } from "./shared-binds.ts";

const SECCOMP_PROFILE = "/usr/share/lxc/config/common.seccomp";
const APPARMOR = "/sys/module/apparmor/parameters/enabled";
/** A longer log is put aside, in place of the one before. */
const LONGEST_LOG_BYTES = 8 << 20;
const START_DEADLINE_MS = 30_000;
const LOOK_EVERY_MS = 2;

/** Programs that containers are made with. */
export interface ContainerPrograms {
  readonly lxcStart: string;
  readonly lxcAttach: string;
  /** See native/mount-into. */
  readonly mountInto: string;
  /** See native/log-lines. */
  readonly logLines: string;
  readonly cp: string;
  /** PATH of lxc-start: without newuidmap, which LXC would use even as root and which needs /etc/subuid. */
  readonly path: string;
}

export async function writeConfig(
  definition: ContainerDefinition,
  folder: ContainerFolder,
  cgroups: CgroupTree,
  programs: ContainerPrograms,
): Promise<void> {
  const sources = await Promise.all(
    definition.binds.map(async ({ source }) => [source, await stat(source)] as const),
  );
  const devices = await Promise.all(definition.devices.map(deviceNumber));
  const config = lxcConfigOf(definition, {
    cgroups: cgroups.version,
    cgroupPath: cgroups.pathOf(definition.name),
    hook: [programs.mountInto, folder.planPath],
    stopHook: [programs.cp, cgroups.oomFile(definition.name), folder.oomPath],
    seccompProfile: existsSync(SECCOMP_PROFILE) ? SECCOMP_PROFILE : undefined,
    hasApparmor: existsSync(APPARMOR),
    deviceNumbers: Object.fromEntries(devices),
    fileSources: new Set(sources.filter(([, found]) => !found.isDirectory()).map(([source]) => source)),
  });
  await folder.writeStartFiles(config, hookPlanOf(definition));
}

export interface Monitor {
  readonly handle: ProcessHandle;
  /** Resolves when all it and its container said is in the log. */
  readonly logged: Promise<unknown>;
}

/**
 * lxc-start in the foreground, in a session of its own, so that it outlives this process with all its output in the log; and so does
 * what writes the log, until its last writer is gone.
 */
export function startMonitor(
  definition: ContainerDefinition,
  folder: ContainerFolder,
  root: string,
  programs: ContainerPrograms,
): Monitor {
  const nothing = openSync("/dev/null", "r+");
  const { reading, writing } = makePipe();
  // Programs that open /dev/stdout anew are refused by what belongs to nobody in there.
  fchownSync(writing, definition.uidBase, definition.uidBase);
  fchmodSync(writing, 0o622);
  try {
    const writer = spawn({
      file: programs.logLines,
      argv: ["log-lines", folder.logPath, String(LONGEST_LOG_BYTES)],
      environment: {},
      stdin: reading,
      stdout: nothing,
      stderr: nothing,
      session: true,
    });
    writer.handle.unref();
    // How init ended is said in that log, at that level, and nowhere else.
    const said = ["-l", "INFO", "-o", folder.lxcLogPath];
    const argv = [...monitorArgv({ name: definition.name, root }), ...said, "--", ...definition.init];
    const child = spawn({
      file: programs.lxcStart,
      argv,
      environment: { PATH: programs.path, HOME: "/" },
      stdin: nothing,
      stdout: writing,
      stderr: writing,
      session: true,
    });
    return { handle: child.handle, logged: writer.handle.ended };
  } finally {
    for (const descriptor of [nothing, reading, writing]) closeSync(descriptor);
  }
}

/** Waits until init executes its own program. Throws when lxc-start ends before, or `interrupted` after 30 s. */
export async function initRuns(
  monitor: ProcessHandle,
  name: string,
  reason: () => Promise<string>,
): Promise<void> {
  let ended = false;
  const end = monitor.ended.then(() => (ended = true));
  // Nothing announces an execve without tracing; a look costs 50 us.
  for (let waited = 0; waited < START_DEADLINE_MS; waited += LOOK_EVERY_MS) {
    if (ended) throw new HostError("failed", `Cannot start "${name}": ${await reason()}`);
    if (processesOf(monitor.pid).initRuns) return;
    await Promise.race([end, delay(LOOK_EVERY_MS)]);
  }
  throw new HostError(
    "interrupted",
    `Cannot start "${name}": init does not run after ${START_DEADLINE_MS} ms`,
  );
}

async function deviceNumber(path: string): Promise<readonly [string, string]> {
  const absent = new HostError("missing", `Cannot give device "${path}": no such device node`);
  try {
    const node = await stat(path);
    if (!node.isCharacterDevice() && !node.isBlockDevice()) throw absent;
    // gnu_dev_major(3): twelve bits of major at 8, twenty of minor around them.
    const major = (node.rdev >>> 8) & 0xfff;
    const minor = (node.rdev & 0xff) | ((node.rdev >>> 12) & 0xfff00);
    return [path, `${node.isBlockDevice() ? "b" : "c"} ${major}:${minor}`];
  } catch (error) {
    throw errnoOf(error) === "ENOENT" ? absent : error;
  }
}

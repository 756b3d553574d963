import { readdirSync, readFileSync, readlinkSync } from "node:fs";

import { errnoOf } from "../host-failure.ts";

/** Facts of a process from proc(5), read on this thread: microseconds each. Undefined once it is gone. */

/** Clock ticks after boot at which it began: with the number it names a process for good. */
export function startTicksOf(pid: number): number | undefined {
  const stat = readGone(`/proc/${pid}/stat`);
  // The name in parentheses may hold blanks and parentheses; field 22 is the 20th after it.
  const ticks = stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  return ticks === undefined ? undefined : Number(ticks);
}

export function argvOf(pid: number): readonly string[] {
  return readGone(`/proc/${pid}/cmdline`)?.split("\0").slice(0, -1) ?? [];
}

export function childrenOf(pid: number): readonly number[] {
  const text = readGone(`/proc/${pid}/task/${pid}/children`)?.trim();
  return text ? text.split(" ").map(Number) : [];
}

/** Whether it is process 1 of a pid namespace below ours. */
export function isInit(pid: number): boolean {
  const ids = /^NSpid:\s*(.*)$/m.exec(readGone(`/proc/${pid}/status`) ?? "")?.[1]?.split(/\s+/) ?? [];
  return ids.length > 1 && ids.at(-1) === "1";
}

/**
 * Whether it has a handler for the signal or waits for it. Process 1 of a pid namespace loses all others (pid_namespaces(7)), so one
 * that has only begun would never hear that it should end.
 */
export function hearsSignal(pid: number, signal: number): boolean {
  const status = readGone(`/proc/${pid}/status`) ?? "";
  const masks = [...status.matchAll(/^Sig(?:Cgt|Blk):\s*([0-9a-f]+)$/gm)].map(([, mask]) =>
    BigInt(`0x${mask}`),
  );
  return masks.some((mask) => ((mask >> BigInt(signal - 1)) & 1n) === 1n);
}

/** What it executes; undefined also for one that has ended but is not yet collected. */
export function programOf(pid: number): string | undefined {
  return gone(() => readlinkSync(`/proc/${pid}/exe`));
}

export function allProcesses(): readonly number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** RFC 3339 time at which it began. Ticks are hundredths of a second on every Linux that Node runs on. */
export function startTimeOf(pid: number): string | undefined {
  const ticks = startTicksOf(pid);
  const boot = /^btime (\d+)$/m.exec(readFileSync("/proc/stat", "utf8"))?.[1];
  if (ticks === undefined || boot === undefined) return undefined;
  return new Date(Number(boot) * 1000 + ticks * 10).toISOString();
}

function readGone(path: string): string | undefined {
  return gone(() => readFileSync(path, "utf8"));
}

function gone<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (errnoOf(error) === "ENOENT" || errnoOf(error) === "ESRCH") return undefined;
    throw error;
  }
}

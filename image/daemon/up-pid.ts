import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";

import type { Places } from "./places.ts";

/**
 * The process that runs `freehold up` on a data folder. The file says its pid and when it began, in the kernel's ticks: a pid alone
 * may be another process's by now.
 */
export function runningUp({ pid: file }: Places): number | undefined {
  const [pid = "", began = ""] = (readIfThere(file) ?? "").trim().split(" ");
  return began !== "" && startOf(Number(pid)) === began ? Number(pid) : undefined;
}

/** Makes this process the one. Throws Error naming another that runs. */
export function claimUp(places: Places): Disposable {
  const other = runningUp(places);
  if (other !== undefined) {
    throw new Error(
      `Cannot start on "${places.data}": process ${other} runs it already; ` +
        `stop that with: freehold down --data ${places.data}`,
    );
  }
  const next = `${places.pid}.${process.pid}`;
  writeFileSync(next, `${process.pid} ${startOf(process.pid) ?? ""}\n`, { mode: 0o644 });
  renameSync(next, places.pid);
  return {
    [Symbol.dispose]: () => {
      if (runningUp(places) === process.pid) rmSync(places.pid, { force: true });
    },
  };
}

/** Field 22 of /proc/PID/stat (proc(5)); undefined when there is no such process. */
function startOf(pid: number): string | undefined {
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  const stat = readIfThere(`/proc/${pid}/stat`);
  // A zombie has ended, but for its parent's asking.
  const [state, ...rest] = stat?.slice(stat.lastIndexOf(")") + 2).split(" ") ?? [];
  return state === "Z" ? undefined : rest[18];
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    // ESRCH: it ended while we read.
    if (error instanceof Error && ["ENOENT", "ESRCH"].includes(String(Reflect.get(error, "code"))))
      return undefined;
    throw error;
  }
}

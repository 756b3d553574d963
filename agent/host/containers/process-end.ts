import { setTimeout as delay } from "node:timers/promises";

import { NativeError, ProcessHandle } from "@freehold/native";

/** Whether it ends before the time is over. */
export async function endsWithin(monitor: ProcessHandle, deadlineMs: number): Promise<boolean> {
  const late = new AbortController();
  try {
    return await Promise.race([
      monitor.ended.then(() => true),
      delay(deadlineMs, false, { signal: late.signal, ref: true }),
    ]);
  } finally {
    late.abort();
  }
}

/** Through a handle, so that a later process with the same number is safe. */
export function signalProcess(pid: number, signal: number): void {
  try {
    using handle = new ProcessHandle(pid);
    handle.signal(signal);
  } catch (error) {
    if (!(error instanceof NativeError) || error.code !== "ESRCH") throw error;
  }
}

import { constants } from "node:os";

/** How a run of a container ended. */
export interface RunEnd {
  /** Init's; undefined when by a signal, and when nobody has said it. */
  readonly code?: number;
  readonly signal?: number;
  /** Processes the kernel killed at the memory limit, in the whole run. */
  readonly oomKills: number;
}

/**
 * Out of lxc-start's log at level INFO, whose own exit status tells nothing of init's, and of memory.events or memory.oom_control. Of
 * an init that exited with 0 lxc-start says nothing.
 */
export function readRunEnd(log: string, counts: string): RunEnd {
  const oomKills = Number(/^oom_kill (\d+)$/m.exec(counts)?.[1] ?? 0);
  const [, kind, number] =
    /lxc_error_set_and_log:\d+ - Child <\d+> ended on (error|signal) .*\((\d+)\)$/m.exec(log) ?? [];
  if (number === undefined) return { oomKills };
  return kind === "signal" ? { signal: Number(number), oomKills } : { code: Number(number), oomKills };
}

/** Why a container ended by itself, for people. */
export function describeEnd({ code, signal, oomKills }: RunEnd): string {
  const how =
    signal === undefined
      ? `exited with ${code ?? 0}`
      : `killed by ${Object.entries(constants.signals).find(([, value]) => value === signal)?.[0] ?? signal}`;
  if (oomKills === 0) return how;
  const whom = oomKills === 1 ? "a process" : `${oomKills} processes`;
  return `${how}; out of memory: at its limit the kernel killed ${whom}`;
}

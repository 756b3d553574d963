import type { Limits } from "@freehold/agent-ports";

export interface LimitLine {
  readonly controller: "memory" | "cpu" | "pids";
  readonly file: string;
  readonly value: string;
}

const PERIOD = 100_000;

/** Cgroup files and what to write into them (cgroups(7)); what is not limited is left out. Pure. */
export function limitLines(version: "v1" | "v2", limits: Limits): readonly LimitLine[] {
  return allLimitLines(version, limits).filter(({ value }) => !/^(-1|max.*)$/.test(value));
}

/** The same, with the words that lift a limit for those that are not given. */
export function allLimitLines(version: "v1" | "v2", limits: Limits): readonly LimitLine[] {
  const { memoryBytes, cpuMillis, pids } = limits;
  const quota = cpuMillis === undefined ? undefined : Math.max(1000, Math.round((cpuMillis * PERIOD) / 1000));
  const pidsLine: LimitLine = { controller: "pids", file: "pids.max", value: `${pids ?? "max"}` };
  if (version === "v2") {
    const cpu = `${quota ?? "max"} ${PERIOD}`;
    return [
      { controller: "memory", file: "memory.max", value: `${memoryBytes ?? "max"}` },
      { controller: "cpu", file: "cpu.max", value: cpu },
      pidsLine,
    ];
  }
  return [
    { controller: "memory", file: "memory.limit_in_bytes", value: `${memoryBytes ?? -1}` },
    { controller: "cpu", file: "cpu.cfs_quota_us", value: `${quota ?? -1}` },
    pidsLine,
  ];
}

/** Limits from the texts of those files and, for v1, of cpu.cfs_period_us; by file name. */
export function limitsFrom(version: "v1" | "v2", texts: Readonly<Record<string, string>>): Limits {
  const memory = numberIn(texts[version === "v2" ? "memory.max" : "memory.limit_in_bytes"]);
  const pids = numberIn(texts["pids.max"]);
  const [quotaText, periodText] = texts["cpu.max"]?.split(" ") ?? [
    texts["cpu.cfs_quota_us"],
    texts["cpu.cfs_period_us"],
  ];
  const quota = numberIn(quotaText);
  const period = numberIn(periodText) ?? PERIOD;
  return {
    ...(memory === undefined ? {} : { memoryBytes: memory }),
    ...(quota === undefined ? {} : { cpuMillis: Math.round((quota * 1000) / period) }),
    ...(pids === undefined ? {} : { pids }),
  };
}

/** Undefined for "max", -1 and v1's greatest page count, which all say "none"; no machine has an exabyte. */
function numberIn(text: string | undefined): number | undefined {
  const number = text === undefined ? Number.NaN : Number(text);
  return number >= 0 && number < 2 ** 60 ? number : undefined;
}

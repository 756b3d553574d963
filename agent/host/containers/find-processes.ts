import type { CgroupTree } from "./cgroup-tree.ts";
import type { ContainerRecord } from "./container-record.ts";
import { allProcesses, argvOf, childrenOf, isInit, programOf, startTicksOf } from "./process-facts.ts";

export interface ContainerProcesses {
  /** lxc-start. */
  readonly monitor: number;
  /** Process 1 of the container; undefined while it is being set up. */
  readonly init?: number;
  /** Init executes its own program and no longer lxc-start's. */
  readonly initRuns: boolean;
}

/**
 * The living processes of a container, found without trusting what was written down: by the recorded process if it is still the same
 * and is what it should be, else by the container's cgroup, else (in the milliseconds before it has one) by looking at all.
 */
export async function findProcesses(
  cgroups: CgroupTree,
  container: { readonly name: string; readonly root: string },
  record: ContainerRecord,
): Promise<ContainerProcesses | undefined> {
  const monitor = await findMonitor(cgroups, container, record);
  return monitor === undefined ? undefined : processesOf(monitor);
}

export function processesOf(monitor: number): ContainerProcesses {
  const init = childrenOf(monitor).find(isInit);
  if (init === undefined) return { monitor, initRuns: false };
  const program = programOf(init);
  return { monitor, init, initRuns: program !== undefined && program !== programOf(monitor) };
}

async function findMonitor(
  cgroups: CgroupTree,
  container: { readonly name: string; readonly root: string },
  record: ContainerRecord,
): Promise<number | undefined> {
  const isOurs = (pid: number): boolean => isMonitorOf(argvOf(pid), container);
  const known = record.monitor;
  if (known && startTicksOf(known.pid) === known.startTicks && isOurs(known.pid)) return known.pid;
  const found = (await cgroups.processes(container.name, "monitor")).filter(isOurs);
  const candidates = found.length > 0 || record.phase !== "starting" ? found : allProcesses().filter(isOurs);
  // What lxc-start forks has its command line until it executes something else.
  const isForked = (pid: number): boolean => candidates.some((other) => childrenOf(other).includes(pid));
  return candidates.find((pid) => !isForked(pid));
}

/** See `monitorArgv`. */
function isMonitorOf(
  argv: readonly string[],
  container: { readonly name: string; readonly root: string },
): boolean {
  const wanted = monitorArgv(container);
  return wanted.every((word, index) => index === 0 || argv[index] === word);
}

export function monitorArgv(container: { readonly name: string; readonly root: string }): readonly string[] {
  return ["lxc-start", "-F", "-P", container.root, "-n", container.name];
}

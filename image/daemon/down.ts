import { existsSync, readdirSync, readFileSync, rmdirSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

import { createLinuxHost } from "@freehold/agent-host";

import { createLog } from "./log.ts";
import { cgroupParentOf, PACKET_TABLE } from "./machine-names.ts";
import type { DaemonOptions } from "./options.ts";
import { Places } from "./places.ts";

const GRACE_MS = 60_000;
const CGROUPS = "/sys/fs/cgroup";

/** Stops the daemons and every package, and takes away all they made in the kernel. Data, archives and the store stay. */
export async function runDown(options: DaemonOptions): Promise<void> {
  const log = createLog("down");
  const places = new Places(options.data);
  await stopDaemons(places);
  if (!existsSync(places.agent)) return;
  const parent = cgroupParentOf(options.data);
  const host = createLinuxHost({ dataDir: places.agentHost, cgroupParent: parent });
  const names = await host.containers.containers();
  await Promise.all(names.map((name) => host.containers.stop(name, GRACE_MS)));
  for (const { target } of (await host.mounts.mountsBelow(places.agent)).toReversed()) {
    await host.mounts.unmount(target, { lazy: true });
  }
  await host.packets.removeTable(PACKET_TABLE);
  await host.links.removeLink(options.bridgeLink);
  removeCgroups(parent);
  log.info({ containers: names.length }, "everything is stopped; data stays");
}

/** The pid file may be of a former boot: the process must be a daemon of ours. */
async function stopDaemons(places: Places): Promise<void> {
  if (!existsSync(places.pid)) return;
  const pid = Number(readFileSync(places.pid, "utf8"));
  const isOurs = (): boolean =>
    existsSync(`/proc/${pid}/cmdline`) &&
    readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("daemon/main.js");
  if (!isOurs()) return;
  process.kill(pid, "SIGTERM");
  while (isOurs()) await pause(50);
}

/** Empty folders only: rmdir(2) refuses a cgroup in which something lives. */
function removeCgroups(parent: string): void {
  const roots = readdirSync(CGROUPS, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `${CGROUPS}/${name}/${parent}`);
  for (const folder of [`${CGROUPS}/${parent}`, ...roots]) if (existsSync(folder)) removeEmpty(folder);
}

function removeEmpty(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) removeEmpty(`${folder}/${entry.name}`);
  }
  rmdirSync(folder);
}

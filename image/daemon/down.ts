import { existsSync, readdirSync, rmdirSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

import { createLinuxHost } from "@freehold/agent-host";

import { cgroupParentOf, PACKET_TABLE } from "./machine-names.ts";
import type { DaemonOptions } from "./options.ts";
import { Places } from "./places.ts";
import { runningUp } from "./up-pid.ts";

const GRACE_MS = 60_000;
const CGROUPS = "/sys/fs/cgroup";

/** Stops the daemons and every package, and takes away all they made in the kernel. Data, archives and the store stay. */
export async function runDown(options: DaemonOptions): Promise<void> {
  const places = new Places(options.data);
  if (!existsSync(places.server) && !existsSync(places.agent)) {
    const found = existsSync(places.data) ? "it is no data folder of Freehold" : "there is no such folder";
    throw new Error(`Cannot stop "${places.data}": ${found}; give the --data it was started with`);
  }
  await stopDaemons(places);
  const containers = existsSync(places.agent) ? await clearMachine(options, places) : 0;
  process.stdout.write(
    `Stopped, with ${containers} ${containers === 1 ? "container" : "containers"}; data stays in ${places.data}\n`,
  );
}

/** Answers how many containers there were. */
async function clearMachine(options: DaemonOptions, places: Places): Promise<number> {
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
  return names.length;
}

async function stopDaemons(places: Places): Promise<void> {
  const pid = runningUp(places);
  if (pid === undefined) return;
  process.kill(pid, "SIGTERM");
  while (runningUp(places) === pid) await pause(50);
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

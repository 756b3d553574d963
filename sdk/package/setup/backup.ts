import { execFile } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

import type { Effects } from "../abi/effects.ts";

const run = promisify(execFile);

/** Where volumes and the backup target are in a container. */
export interface BackupPlaces {
  readonly volumes: string;
  readonly backup: string;
}
export const containerPlaces: BackupPlaces = {
  volumes: "/media/startos/volumes",
  backup: "/media/startos/backup",
};

/** Copies volumes to the backup target, in upstream's layout, with owners, modes and times. The host has stopped main. */
export async function backUpVolumes(
  effects: Effects,
  volumes: readonly string[],
  places: BackupPlaces,
): Promise<void> {
  for (const volume of volumes) {
    await replace(join(places.volumes, volume), join(places.backup, "volumes", volume));
  }
  await writeFile(join(places.backup, "dataVersion.txt"), (await effects.getDataVersion()) ?? "");
}

/** The way back. Says which version the data is of; null when the backup does not. */
export async function restoreVolumes(
  volumes: readonly string[],
  places: BackupPlaces,
): Promise<string | null> {
  for (const volume of volumes) {
    const target = join(places.volumes, volume);
    // The volume is a mount point: what is in it is replaced, not itself.
    await run("cp", ["-a", `${join(places.backup, "volumes", volume)}/.`, target]);
  }
  return (await readFile(join(places.backup, "dataVersion.txt"), "utf8")) || null;
}

/** Copies beside the former copy first, so that an interrupted backup leaves that one whole. */
async function replace(source: string, target: string): Promise<void> {
  const incoming = `${target}.incoming`;
  await rm(incoming, { recursive: true, force: true });
  await mkdir(incoming, { recursive: true });
  await run("cp", ["-a", `${source}/.`, incoming]);
  await rm(target, { recursive: true, force: true });
  await run("mv", [incoming, target]);
}

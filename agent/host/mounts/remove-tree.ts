import { createHash, randomBytes } from "node:crypto";
import { closeSync, openSync } from "node:fs";
import { mkdir, readdir, rename, rmdir, unlink } from "node:fs/promises";

import { HostError } from "@freehold/agent-ports";
import { openDirectoryBeneath } from "@freehold/native";

import { errnoOf } from "../host-failure.ts";
import { linesBelow } from "./mount-lines.ts";
import { readMountLines } from "./mount-table.ts";

/** Renames the tree into the trash and removes it there, and with it what an interrupted call for the same path left. */
export async function removeTree(path: string, trash: string): Promise<void> {
  await refuseMounted(path);
  await mkdir(trash, { recursive: true, mode: 0o700 });
  const prefix = `${createHash("sha256").update(path).digest("hex").slice(0, 16)}-`;
  try {
    await rename(path, `${trash}/${prefix}${randomBytes(6).toString("hex")}`);
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw error;
  }
  for (const name of await readdir(trash)) {
    if (name.startsWith(prefix)) await emptyTrash(trash, name);
  }
}

async function refuseMounted(path: string): Promise<void> {
  const [mounted] = linesBelow(await readMountLines(), path);
  if (!mounted) return;
  throw new HostError("busy", `Cannot remove "${path}": ${mounted.type} is mounted at "${mounted.target}"`);
}

async function emptyTrash(trash: string, name: string): Promise<void> {
  const directory = openSync(trash, "r");
  try {
    await removeEntry(directory, name);
  } finally {
    closeSync(directory);
  }
}

/**
 * Everything goes through descriptors, so a directory that somebody swaps for a link meanwhile is not followed, and one that is
 * mounted over meanwhile is not entered (EXDEV).
 */
async function removeEntry(parent: number, name: string): Promise<void> {
  const place = `/proc/self/fd/${parent}/${name}`;
  try {
    await unlink(place);
    return;
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return;
    if (errnoOf(error) !== "EISDIR") throw error;
  }
  const directory = enter(parent, name);
  try {
    for (const child of await readdir(`/proc/self/fd/${directory}`)) await removeEntry(directory, child);
  } finally {
    closeSync(directory);
  }
  await rmdir(place);
}

function enter(parent: number, name: string): number {
  try {
    return openDirectoryBeneath(parent, name);
  } catch (error) {
    if (errnoOf(error) !== "EXDEV") throw error;
    throw new HostError("busy", `Cannot remove "${name}": something is mounted there`, { cause: error });
  }
}

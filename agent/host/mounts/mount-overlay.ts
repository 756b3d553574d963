import { createHash } from "node:crypto";
import { closeSync } from "node:fs";
import { chown, mkdir, stat } from "node:fs/promises";

import { HostError, type OverlayDefinition } from "@freehold/agent-ports";
import {
  createMount,
  type FilesystemOption,
  MNT_DETACH,
  MOUNT_ATTR_NODEV,
  MOUNT_ATTR_RDONLY,
  moveMount,
  unmount,
} from "@freehold/native";

import { errnoOf } from "../host-failure.ts";
import { copyOf, copyTreeOnce } from "./copy-tree.ts";
import { cloneMount } from "./idmapped-clone.ts";
import { linesBelow } from "./mount-lines.ts";
import { readMountLines } from "./mount-table.ts";

/** fsconfig(2) takes no longer text. */
const LONGEST_OPTION = 255;

/** Mounts it at an existing directory where nothing is mounted. */
export async function mountOverlay(overlay: OverlayDefinition): Promise<void> {
  for (const path of [overlay.upper, overlay.work]) await makeOwned(path, overlay.idMap.base);
  const lower = await shiftedLower(overlay);
  try {
    const mount = await overlayOver(lower, overlay);
    try {
      moveMount(mount, overlay.target);
    } finally {
      closeSync(mount);
    }
  } finally {
    closeSync(lower);
  }
  await refuseReadOnly(overlay.target);
}

/**
 * Before Linux 6.2 a squashfs cannot have shifted ids (EINVAL). There its files are copied beside its mount point, once for all
 * overlays, to the filesystem that the mount point is on; `unmount` of the image removes the copy.
 */
async function shiftedLower({ lower, idMap }: OverlayDefinition): Promise<number> {
  try {
    return await cloneMount(lower, MOUNT_ATTR_RDONLY, { idMap });
  } catch (error) {
    if (errnoOf(error) !== "EINVAL") throw error;
  }
  await copyTreeOnce(lower, copyOf(lower));
  return cloneMount(copyOf(lower), MOUNT_ATTR_RDONLY, { idMap });
}

/** Tells overlays apart in mountinfo, where the layers of a detached clone have no path. */
export function overlaySourceOf(overlay: OverlayDefinition): string {
  const { lower, upper, idMap } = overlay;
  const digest = createHash("sha256").update(JSON.stringify([lower, idMap.base, idMap.count]));
  return `${digest.digest("hex").slice(0, 16)}:${upper}`;
}

async function overlayOver(lower: number, overlay: OverlayDefinition): Promise<number> {
  const source = overlaySourceOf(overlay);
  if (Math.max(source.length, overlay.work.length) > LONGEST_OPTION) {
    const found = `its path is longer than ${LONGEST_OPTION} bytes`;
    throw new HostError("invalid", `Cannot mount "${overlay.upper}": ${found}`);
  }
  const upper: FilesystemOption[] = [
    ["source", source],
    ["upperdir", overlay.upper],
    ["workdir", overlay.work],
  ];
  try {
    return await createMount("overlay", [["lowerdir+", lower], ...upper], MOUNT_ATTR_NODEV);
  } catch (error) {
    // Before Linux 6.13 a layer must have a path: EINVAL, EBADF or EOPNOTSUPP, depending on how old it is.
    if (!["EINVAL", "EOPNOTSUPP", "EBADF"].includes(errnoOf(error) ?? "")) throw error;
  }
  return overlayByPath(lower, overlay, upper);
}

/** The overlay keeps a private clone of its layers, so they need a path only while it is made. */
async function overlayByPath(
  lower: number,
  overlay: OverlayDefinition,
  upper: readonly FilesystemOption[],
): Promise<number> {
  moveMount(lower, overlay.target);
  try {
    return await createMount("overlay", [["lowerdir", overlay.target], ...upper], MOUNT_ATTR_NODEV);
  } finally {
    await unmount(overlay.target, MNT_DETACH);
  }
}

async function makeOwned(path: string, owner: number): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o755 });
  // Owner 0 is what an interrupted call leaves; the container's own choice is kept.
  if ((await stat(path)).uid === 0) await chown(path, owner, owner);
}

/** An overlay whose work directory cannot be made is mounted read-only without an error. */
async function refuseReadOnly(target: string): Promise<void> {
  const line = linesBelow(await readMountLines(), target)[0];
  if (line?.target === target && !line.readOnly) return;
  await unmount(target, MNT_DETACH);
  throw new HostError("failed", `Cannot mount "${target}": the kernel made the overlay read-only`);
}

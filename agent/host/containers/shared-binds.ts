import { closeSync } from "node:fs";
import { stat } from "node:fs/promises";

import { type ContainerDefinition, HostError } from "@freehold/agent-ports";
import {
  AT_EMPTY_PATH,
  AT_FDCWD,
  MNT_DETACH,
  MOUNT_ATTR_NODEV,
  MOUNT_ATTR_NOSUID,
  mountSetattr,
  moveMount,
  MS_PRIVATE,
  MS_SHARED,
  unmount,
  UMOUNT_NOFOLLOW,
} from "@freehold/native";

import { errnoOf } from "../host-failure.ts";
import { cloneMount } from "../mounts/idmapped-clone.ts";
import { linesBelow, type MountLine } from "../mounts/mount-lines.ts";
import { readMountLines } from "../mounts/mount-table.ts";

/**
 * Makes each source of a shared bind a shared mount of its own, so that mounts pass between it and the container both ways. nosuid and
 * nodev on the host's side: what the container mounts there appears in the host's tree.
 */
export async function shareSources(definition: ContainerDefinition): Promise<void> {
  for (const { source } of sharedBinds(definition)) {
    const [line] = linesBelow(await readMountLines(), source);
    if (line?.target === source) {
      if (!line.propagation.startsWith("shared")) {
        mountSetattr(AT_FDCWD, source, 0, { propagation: MS_SHARED });
      }
      continue;
    }
    if (!(await stat(source)).isDirectory()) {
      throw new HostError("invalid", `Cannot share "${source}": not a directory`);
    }
    await bindOnItself(source);
  }
}

/** For native/mount-into. */
export function hookPlanOf(definition: ContainerDefinition): string {
  const lines = [["isolate", definition.network.hostLink]];
  for (const bind of sharedBinds(definition)) {
    const flags = [bind.idMap !== undefined, bind.recursive === true, bind.readOnly];
    lines.push(["mount", bind.source, bind.target, ...flags.map((flag) => (flag ? "1" : "0"))]);
  }
  for (const field of lines.flat()) {
    if (/[\t\n\r\0]/.test(field)) {
      throw new HostError("invalid", `Cannot bind "${field}": a tab, line end or NUL in the path`);
    }
  }
  return lines.map((fields) => `${fields.join("\t")}\n`).join("");
}

/** Mount points strictly below the sources of shared binds. */
export async function mountsBelowShared(definition: ContainerDefinition): Promise<readonly string[]> {
  return (await leavesBelow(definition)).map(({ target }) => target);
}

/** Detaches what a container, or the host for it, mounted below shared binds since it started. */
export async function detachLeftovers(
  definition: ContainerDefinition,
  mountsBefore: readonly string[],
): Promise<void> {
  for (;;) {
    const left = (await leavesBelow(definition)).filter(({ target }) => !mountsBefore.includes(target));
    if (left.length === 0) return;
    // Children first; stacked ones show themselves in the next round.
    for (const { target } of left.toReversed()) await detach(target);
  }
}

function sharedBinds({ binds }: ContainerDefinition): ContainerDefinition["binds"] {
  return binds.filter(({ propagation }) => propagation === "shared");
}

async function leavesBelow(definition: ContainerDefinition): Promise<readonly MountLine[]> {
  const lines = await readMountLines();
  return sharedBinds(definition).flatMap(({ source }) =>
    linesBelow(lines, source).filter(({ target }) => target !== source),
  );
}

async function detach(target: string): Promise<void> {
  try {
    await unmount(target, MNT_DETACH | UMOUNT_NOFOLLOW);
  } catch (error) {
    // It went with its parent, or with the namespace that made it.
    if (errnoOf(error) !== "EINVAL" && errnoOf(error) !== "ENOENT") throw error;
  }
}

async function bindOnItself(source: string): Promise<void> {
  const mount = await cloneMount(source, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV, {});
  try {
    // Out of the peer group it was cloned from, into one of its own.
    mountSetattr(mount, "", AT_EMPTY_PATH, { propagation: MS_PRIVATE });
    mountSetattr(mount, "", AT_EMPTY_PATH, { propagation: MS_SHARED });
    moveMount(mount, source);
  } finally {
    closeSync(mount);
  }
}

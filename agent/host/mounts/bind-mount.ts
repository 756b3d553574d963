import { closeSync } from "node:fs";
import { stat } from "node:fs/promises";

import type { BindDefinition } from "@freehold/agent-ports";
import {
  AT_EMPTY_PATH,
  AT_FDCWD,
  MOUNT_ATTR_RDONLY,
  mountSetattr,
  moveMount,
  MS_PRIVATE,
  MS_SHARED,
  MS_SLAVE,
} from "@freehold/native";

import { cloneMount } from "./idmapped-clone.ts";
import { lineAbove, type MountLine, rootOf } from "./mount-lines.ts";

export const propagations = { private: MS_PRIVATE, shared: MS_SHARED, slave: MS_SLAVE };

/** Binds at an existing place where nothing is mounted. */
export async function bindMount(bind: BindDefinition): Promise<void> {
  const attributes = bind.readOnly ? MOUNT_ATTR_RDONLY : 0;
  const mount = await cloneMount(bind.source, attributes, bind);
  try {
    setPropagation(mount, bind.propagation);
    moveMount(mount, bind.target);
  } finally {
    closeSync(mount);
  }
}

/** Brings what may differ of an existing bind in line: read-only and propagation. */
export function adjustBind(bind: BindDefinition): void {
  const attributes = bind.readOnly ? { set: MOUNT_ATTR_RDONLY } : { clear: MOUNT_ATTR_RDONLY };
  const propagation = bind.propagation ? { propagation: propagations[bind.propagation] } : {};
  mountSetattr(AT_FDCWD, bind.target, 0, { ...attributes, ...propagation });
}

/** Whether a mount at the target shows the source, with its ids shifted as wanted. */
export async function showsBind(
  lines: readonly MountLine[],
  line: MountLine,
  bind: BindDefinition,
): Promise<boolean> {
  const above = lineAbove(lines, bind.source);
  if (!above || above.device !== line.device || rootOf(above, bind.source) !== line.root) return false;
  if (!bind.idMap) return above.idMapped === line.idMapped;
  const [source, target] = await Promise.all([stat(bind.source), stat(bind.target)]);
  return line.idMapped && (above.idMapped || target.uid === source.uid + bind.idMap.base);
}

function setPropagation(mount: number, propagation: BindDefinition["propagation"]): void {
  if (!propagation) return;
  mountSetattr(mount, "", AT_EMPTY_PATH, { propagation: propagations[propagation] });
}

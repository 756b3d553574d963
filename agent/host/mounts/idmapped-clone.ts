import { closeSync } from "node:fs";

import type { IdMap } from "@freehold/agent-ports";
import {
  AT_EMPTY_PATH,
  AT_FDCWD,
  AT_RECURSIVE,
  MOUNT_ATTR_IDMAP,
  mountSetattr,
  OPEN_TREE_CLOEXEC,
  OPEN_TREE_CLONE,
  openTree,
  openTreeAttr,
  userNamespace,
} from "@freehold/native";

import { errnoOf } from "../host-failure.ts";

/** A detached clone of the mount at a path, with attributes and shifted ids; the caller closes the descriptor. */
export async function cloneMount(
  path: string,
  attributes: number,
  options: { readonly idMap?: IdMap | undefined; readonly recursive?: boolean | undefined },
): Promise<number> {
  const recursive = options.recursive ? AT_RECURSIVE : 0;
  const flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | recursive;
  const idMap = options.idMap && (await userNamespace(options.idMap.base, options.idMap.count));
  const set = attributes | (idMap === undefined ? 0 : MOUNT_ATTR_IDMAP);
  const wanted = { set, ...(idMap === undefined ? {} : { userNamespace: idMap }) };
  if (set === 0) return openTree(AT_FDCWD, path, flags);
  try {
    return openTreeAttr(AT_FDCWD, path, flags, wanted);
  } catch (error) {
    if (errnoOf(error) !== "ENOSYS") throw error;
  }
  // Before Linux 6.15: two steps, which cannot shift a mount that is shifted already.
  const clone = openTree(AT_FDCWD, path, flags);
  try {
    mountSetattr(clone, "", AT_EMPTY_PATH | recursive, wanted);
    return clone;
  } catch (error) {
    closeSync(clone);
    throw error;
  }
}

import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";

import { HostError } from "@freehold/agent-ports";

/** open(2); Node does not name it. */
const O_PATH = 0o10000000;

/**
 * The container's root owns the folder and may put a link in place of a socket, so sockets are reached through descriptors; which also
 * keeps their paths within the 107 bytes of unix(7). The path is good as long as the handle is open.
 */
export async function openFolder(directory: string): Promise<FileHandle> {
  return open(directory, O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW);
}

export async function openSocket(directory: string, name: string): Promise<FileHandle> {
  const handle = await open(`${directory}/${name}`, O_PATH | constants.O_NOFOLLOW);
  if ((await handle.stat()).isSocket()) return handle;
  await handle.close();
  throw new HostError("invalid", `Cannot connect to "${directory}/${name}": not a socket`);
}

export function pathOf(handle: FileHandle): string {
  return `/proc/self/fd/${handle.fd}`;
}

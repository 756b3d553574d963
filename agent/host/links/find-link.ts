import type { Link, RouteSocket } from "@freehold/native";

import { errnoOf } from "../host-failure.ts";

export async function findLink(socket: RouteSocket, name: string): Promise<Link | undefined> {
  return (await socket.links()).find((link) => link.name === name);
}

/** Missing is no error, also when it goes meanwhile. */
export async function removeLink(socket: RouteSocket, name: string): Promise<void> {
  const link = await findLink(socket, name);
  if (!link) return;
  try {
    await socket.removeLink(link.index);
  } catch (error) {
    if (errnoOf(error) !== "ENODEV") throw error;
  }
}

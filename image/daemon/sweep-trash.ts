import type { MountHost } from "@freehold/agent-ports";
import type { Layout } from "@freehold/apis/system";

/** Ends removals that a crash cut short: what lies in the trash was given up before. Answers how many there were. */
export async function sweepTrash(mounts: MountHost, { trash }: Layout): Promise<number> {
  const names = await mounts.list(trash);
  for (const name of names) await mounts.removeTree(`${trash}/${name}`, trash);
  return names.length;
}

import { writeFile } from "node:fs/promises";

/**
 * Isolated ports of a bridge reach the host but not each other, so packets between containers pass the host's forward chain, which
 * bridged ones would not. See also proxy_arp_pvlan in ensureBridge.
 */
export async function isolatePort(link: string): Promise<void> {
  await writeFile(`/sys/class/net/${link}/brport/isolated`, "1");
}

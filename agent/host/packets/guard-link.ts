import { isIPv4 } from "node:net";

import { HostError } from "@freehold/agent-ports";

import { runNft } from "./run-nft.ts";

/**
 * Lets a container send only with its own hardware and IPv4 address: its root may give its end of the link any, and packet tables go by
 * address. A table of the netdev family per link, before the bridge sees the packet (nft(8), ingress hook).
 */
export async function guardLink(link: string, mac: string, address: string): Promise<void> {
  await runNft(guardCommands(link, mac, address));
}

/** Missing is no error. */
export async function unguardLink(link: string): Promise<void> {
  const table = tableOf(link);
  await runNft(`add table netdev ${table}\ndelete table netdev ${table}\n`);
}

/** Pure. Throws `invalid` for anything that is not a plain name or address. */
export function guardCommands(link: string, mac: string, address: string): string {
  const [host = ""] = address.split("/");
  if (!/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(mac)) throw invalid(link, mac);
  if (!isIPv4(host)) throw invalid(link, address);
  const table = tableOf(link);
  return `add table netdev ${table}
delete table netdev ${table}
table netdev ${table} {
  chain guard {
    type filter hook ingress device "${link}" priority 0; policy drop;
    ether saddr ${mac} ether type arp arp saddr ip ${host} accept
    ether saddr ${mac} ether type ip ip saddr ${host} accept
  }
}
`;
}

/** Links may have "-" and ".", tables only "_"; the code of the character keeps different links apart. */
function tableOf(link: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]{0,14}$/.test(link)) throw invalid(link, link);
  return `freehold_${link.replaceAll(/[_.-]/g, (character) => `_${character.charCodeAt(0)}_`)}`;
}

function invalid(link: string, found: string): HostError {
  return new HostError(
    "invalid",
    `Cannot guard link "${link}": ${JSON.stringify(found)} is no name or address`,
  );
}

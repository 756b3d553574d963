import { stableHash } from "@freehold/apis";

/** Our one nftables table. */
export const PACKET_TABLE = "freehold";

/** Cgroups are the machine's, whatever else is private: two servers on one machine must not share them. */
export function cgroupParentOf(data: string): string {
  return `freehold-${stableHash(data)}`;
}

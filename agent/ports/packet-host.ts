import type { Cancellation } from "./cancellation.ts";

export interface PacketForward {
  readonly protocol: "tcp" | "udp";
  readonly hostPort: number;
  readonly address: string;
  readonly port: number;
}

/** What our one table must do; compiled to nftables by the implementation. */
export interface PacketTable {
  readonly bridge: string;
  /** CIDR of the containers. */
  readonly subnet: string;
  readonly forwards: readonly PacketForward[];
  /** Pairs of container addresses; `from` may open connections to `to`. Everything else between containers is dropped. */
  readonly allowed: readonly { readonly from: string; readonly to: string }[];
}

/** nftables, one `inet` table of ours, replaced atomically. Errors are HostError. */
export interface PacketHost {
  /** What the kernel's table does, read back from the kernel; undefined when there is none, "foreign" when it was changed into something else. */
  table(name: string): Promise<PacketTable | "foreign" | undefined>;
  replaceTable(name: string, table: PacketTable): Promise<void>;
  removeTable(name: string): Promise<void>;
  changes(cancellation: Cancellation): AsyncIterable<void>;
}

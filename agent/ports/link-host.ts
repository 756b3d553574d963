import type { Cancellation } from "./cancellation.ts";

export interface BridgeState {
  readonly name: string;
  readonly up: boolean;
  /** Addresses with prefix length, IPv4 and global IPv6. */
  readonly addresses: readonly string[];
  /** Names of links joined to it. */
  readonly ports: readonly string[];
}

/** Links of the machine, by rtnetlink(7). Only names given to `ensure…` are ever changed. Errors are HostError. */
export interface LinkHost {
  bridge(name: string): Promise<BridgeState | undefined>;
  /** Makes it, gives it exactly this address and brings it up, also turning on IPv4 forwarding. */
  ensureBridge(name: string, address: string): Promise<void>;
  /** Missing is no error. */
  removeLink(name: string): Promise<void>;
  /** Names of all links that begin with the prefix. */
  linksNamed(prefix: string): Promise<readonly string[]>;
  /** IPv4 and IPv6 addresses of the machine that others may reach: no loopback, link-local or bridge of ours. */
  addresses(): Promise<readonly string[]>;
  /** Says "look again" on any change of links, addresses or routes; coalesced. */
  changes(cancellation: Cancellation): AsyncIterable<void>;
}

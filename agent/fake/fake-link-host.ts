import { type BridgeState, type Cancellation, HostError, type LinkHost } from "@freehold/agent-ports";

import { ChangeFeed } from "./change-feed.ts";
import type { FaultGate } from "./fault-gate.ts";

/** Links in memory: bridges, and the host ends of containers' links. */
export class FakeLinkHost implements LinkHost {
  /** Address by bridge. */
  readonly bridges = new Map<string, string>();
  /** Bridge by joined link; "" when it is joined to none. */
  readonly ports = new Map<string, string>();
  machineAddresses: readonly string[] = ["192.0.2.10"];
  readonly #gate: FaultGate;
  readonly #feed = new ChangeFeed();

  constructor(gate: FaultGate) {
    this.#gate = gate;
  }

  async bridge(name: string): Promise<BridgeState | undefined> {
    const address = this.bridges.get(name);
    return address === undefined
      ? undefined
      : { name, up: true, addresses: [address], ports: this.portsOf(name).toSorted() };
  }

  async ensureBridge(name: string, address: string): Promise<void> {
    if (!/^\d+\.\d+\.\d+\.\d+\/\d+$/.test(address)) {
      throw new HostError(
        "invalid",
        `Cannot make bridge "${name}": "${address}" is no address with prefix length`,
      );
    }
    if (this.ports.has(checked(name))) {
      throw new HostError("exists", `Cannot make bridge "${name}": another link has the name`);
    }
    if (this.bridges.get(name) === address) return;
    this.#gate.mutate("ensureBridge", () => {
      this.bridges.set(name, address);
      this.#feed.notify();
    });
  }

  async removeLink(name: string): Promise<void> {
    if (!this.bridges.has(checked(name)) && !this.ports.has(name)) return;
    this.#gate.mutate("removeLink", () => {
      this.bridges.delete(name);
      this.leave(name);
      for (const [port, bridge] of this.ports) if (bridge === name) this.ports.set(port, "");
    });
  }

  async linksNamed(prefix: string): Promise<readonly string[]> {
    return [...this.bridges.keys(), ...this.ports.keys()]
      .filter((name) => name.startsWith(prefix))
      .toSorted();
  }

  async addresses(): Promise<readonly string[]> {
    return this.machineAddresses;
  }

  changes(cancellation: Cancellation): AsyncIterable<void> {
    return this.#feed.changes(cancellation);
  }

  hasBridge(name: string): boolean {
    return this.bridges.has(name);
  }

  portsOf(bridge: string): readonly string[] {
    return [...this.ports].filter(([, joined]) => joined === bridge).map(([port]) => port);
  }

  join(link: string, bridge: string): void {
    this.ports.set(link, bridge);
    this.#feed.notify();
  }

  leave(link: string): void {
    this.ports.delete(link);
    this.#feed.notify();
  }
}

function checked(name: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9_.-]{0,14}$/.test(name)) return name;
  throw new HostError(
    "invalid",
    `Cannot use link "${name}": not letters, digits, "_", "." and "-", at most 15`,
  );
}

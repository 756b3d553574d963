import { type Cancellation, HostError, type PacketHost, type PacketTable } from "@freehold/agent-ports";

import { ChangeFeed } from "./change-feed.ts";
import type { FaultGate } from "./fault-gate.ts";

/** Packet tables in memory. */
export class FakePacketHost implements PacketHost {
  readonly tables = new Map<string, PacketTable | "foreign">();
  readonly #gate: FaultGate;
  readonly #feed = new ChangeFeed();

  constructor(gate: FaultGate) {
    this.#gate = gate;
  }

  async table(name: string): Promise<PacketTable | "foreign" | undefined> {
    return this.tables.get(name);
  }

  async replaceTable(name: string, table: PacketTable): Promise<void> {
    const ports = table.forwards.flatMap(({ hostPort, port }) => [hostPort, port]);
    if (!ports.every((port) => Number.isInteger(port) && port > 0 && port < 65_536)) {
      throw new HostError("invalid", `Cannot write packet table "${name}": port out of range`);
    }
    if (!/^[A-Za-z0-9][A-Za-z0-9_.-]{0,14}$/.test(table.bridge)) {
      throw new HostError("invalid", `Cannot write packet table "${name}": bridge is "${table.bridge}"`);
    }
    if (JSON.stringify(this.tables.get(name)) === JSON.stringify(table)) return;
    this.#gate.mutate("replaceTable", () => {
      this.tables.set(name, structuredCopy(table));
      this.#feed.notify();
    });
  }

  async removeTable(name: string): Promise<void> {
    if (!this.tables.has(name)) return;
    this.#gate.mutate("removeTable", () => {
      this.tables.delete(name);
      this.#feed.notify();
    });
  }

  changes(cancellation: Cancellation): AsyncIterable<void> {
    return this.#feed.changes(cancellation);
  }

  /** Changes the table into something else, as somebody else on the machine might. */
  tamper(name: string): void {
    this.tables.set(name, "foreign");
    this.#feed.notify();
  }
}

function structuredCopy({ bridge, subnet, forwards, allowed }: PacketTable): PacketTable {
  return {
    bridge,
    subnet,
    forwards: forwards.map((forward) => ({ ...forward })),
    allowed: allowed.map((pair) => ({ ...pair })),
  };
}

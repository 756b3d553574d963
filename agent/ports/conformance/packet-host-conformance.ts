import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { PacketHost, PacketTable } from "../index.ts";
import { type ConformanceSetup, type CreateSetup, seenThrough } from "./conformance-setup.ts";

export function packetHostConformance(name: string, createSetup: CreateSetup): void {
  describe(`PacketHost of ${name}`, () => {
    let setup: ConformanceSetup;
    let host: PacketHost;
    let table: PacketTable;
    beforeEach(async () => {
      setup = await createSetup();
      host = setup.host.packets;
      table = {
        bridge: setup.bridge,
        subnet: "10.178.0.0/24",
        forwards: [
          { protocol: "tcp", hostPort: 8080, address: "10.178.0.2", port: 80 },
          { protocol: "udp", hostPort: 5353, address: "10.178.0.3", port: 53 },
        ],
        allowed: [
          { from: "10.178.0.3", to: "10.178.0.2" },
          { from: "10.178.0.2", to: "10.178.0.3" },
        ],
      };
    });
    afterEach(() => setup[Symbol.asyncDispose]());

    it("table() answers what replaceTable() wrote, also without forwards and pairs", async () => {
      expect(await host.table("conformance")).toBeUndefined();
      await host.replaceTable("conformance", table);
      await host.replaceTable("conformance", table);
      expect(await host.table("conformance")).toEqual(table);
      const empty = { ...table, forwards: [], allowed: [] };
      await host.replaceTable("conformance", empty);
      expect(await host.table("conformance")).toEqual(empty);
    });

    it("removeTable() removes it once and again", async () => {
      await host.replaceTable("conformance", table);
      await host.removeTable("conformance");
      await host.removeTable("conformance");
      expect(await host.table("conformance")).toBeUndefined();
    });

    it("refuses what could be a rule, and keeps the table", async () => {
      await host.replaceTable("conformance", table);
      const bad = [
        { ...table, bridge: 'x" drop' },
        {
          ...table,
          forwards: [{ protocol: "tcp" as const, hostPort: 70_000, address: "10.178.0.2", port: 80 }],
        },
      ];
      for (const wrong of bad) {
        await expect(host.replaceTable("conformance", wrong)).rejects.toMatchObject({ code: "invalid" });
      }
      expect(await host.table("conformance")).toEqual(table);
    });

    it("changes() speaks when somebody else changed the table, and it is foreign then", async () => {
      await host.replaceTable("conformance", table);
      await seenThrough(
        (cancellation) => host.changes(cancellation),
        () => setup.tamper("conformance"),
        async () => (await host.table("conformance")) === "foreign",
      );
      await host.replaceTable("conformance", table);
      expect(await host.table("conformance")).toEqual(table);
    });
  });
}

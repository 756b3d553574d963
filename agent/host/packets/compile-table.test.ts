import type { PacketTable } from "@freehold/agent-ports";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { compileTable } from "./compile-table.ts";
import { guardCommands } from "./guard-link.ts";

const table: PacketTable = { bridge: "br0", subnet: "10.0.3.0/24", forwards: [], allowed: [] };
const hostile = fc.string({ unit: fc.constantFrom("a", "0", ".", "1", "\n", '"', "}", ";", " ", "/", "#") });

describe("compileTable()", () => {
  it("writes nothing but names, addresses and numbers, or refuses", () => {
    fc.assert(
      fc.property(hostile, fc.constantFrom("bridge", "subnet", "from", "address"), (text, field) => {
        const changed: PacketTable = {
          bridge: field === "bridge" ? text : "br0",
          subnet: field === "subnet" ? text : table.subnet,
          allowed: [{ from: field === "from" ? text : "10.0.3.2", to: "10.0.3.3" }],
          forwards: [
            { protocol: "tcp", hostPort: 1, address: field === "address" ? text : "10.0.3.2", port: 2 },
          ],
        };
        try {
          expect(compileTable("t", changed)).toContain(text);
          expect(text).toMatch(/^[A-Za-z0-9./]+$/);
        } catch (error) {
          expect(error).toMatchObject({ code: "invalid" });
        }
      }),
    );
  });

  it("does not depend on the order of what it is given", () => {
    const forwards = [80, 443, 22].map((port) => ({
      protocol: "tcp" as const,
      hostPort: port,
      address: "10.0.3.2",
      port,
    }));
    const allowed = ["10.0.3.2", "10.0.3.3"].map((from) => ({ from, to: "10.0.3.4" }));
    const reversed = { ...table, forwards: forwards.toReversed(), allowed: allowed.toReversed() };
    expect(compileTable("t", reversed)).toBe(compileTable("t", { ...table, forwards, allowed }));
  });
});

describe("guardCommands()", () => {
  it("refuses what is no link, hardware address or IPv4 address", () => {
    expect(guardCommands("v-web.1", "02:00:00:00:00:01", "10.0.3.2/24")).toContain("freehold_v_45_web_46_1");
    for (const [link, mac, address] of [
      ['v"', "02:00:00:00:00:01", "10.0.3.2"],
      ["v", "02:00:00:00:00:01 accept", "10.0.3.2"],
      ["v", "02:00:00:00:00:01", "10.0.3.2 accept"],
    ] as const) {
      expect(() => guardCommands(link, mac, address)).toThrow("Cannot guard link");
    }
  });
});

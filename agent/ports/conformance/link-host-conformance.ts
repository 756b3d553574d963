import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { LinkHost } from "../index.ts";
import { type ConformanceSetup, type CreateSetup, seenThrough } from "./conformance-setup.ts";

export function linkHostConformance(name: string, createSetup: CreateSetup): void {
  describe(`LinkHost of ${name}`, () => {
    let setup: ConformanceSetup;
    let host: LinkHost;
    let bridge: string;
    beforeEach(async () => {
      setup = await createSetup();
      host = setup.host.links;
      bridge = setup.bridge;
    });
    afterEach(() => setup[Symbol.asyncDispose]());

    it("ensureBridge() makes it with exactly the address, and changes it", async () => {
      expect(await host.bridge(bridge)).toBeUndefined();
      await host.ensureBridge(bridge, "10.178.0.1/24");
      await host.ensureBridge(bridge, "10.178.0.1/24");
      const state = { name: bridge, up: true, ports: [] };
      expect(await host.bridge(bridge)).toEqual({ ...state, addresses: ["10.178.0.1/24"] });
      await host.ensureBridge(bridge, "10.178.1.1/25");
      expect(await host.bridge(bridge)).toEqual({ ...state, addresses: ["10.178.1.1/25"] });
      expect(await host.linksNamed(bridge)).toEqual([bridge]);
    });

    it("addresses() leaves our bridges out", async () => {
      await host.ensureBridge(bridge, "10.178.0.1/24");
      expect(await host.addresses()).not.toContain("10.178.0.1");
    });

    it("removeLink() removes it once and again", async () => {
      await host.ensureBridge(bridge, "10.178.0.1/24");
      await host.removeLink(bridge);
      await host.removeLink(bridge);
      expect(await host.linksNamed(bridge)).toEqual([]);
    });

    it("refuses bad names and addresses", async () => {
      await expect(host.ensureBridge("a/b", "10.178.0.1/24")).rejects.toMatchObject({ code: "invalid" });
      await expect(host.ensureBridge("x".repeat(16), "10.178.0.1/24")).rejects.toMatchObject({
        code: "invalid",
      });
      await expect(host.ensureBridge(bridge, "10.178.0.1")).rejects.toMatchObject({ code: "invalid" });
    });

    it("changes() speaks when a bridge came", async () => {
      await seenThrough(
        (cancellation) => host.changes(cancellation),
        () => host.ensureBridge(bridge, "10.178.0.1/24"),
        async () => (await host.bridge(bridge)) !== undefined,
      );
    });
  });
}

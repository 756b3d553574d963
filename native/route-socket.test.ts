import { describe, expect, it } from "vitest";

import { RouteSocket } from "./route-socket.ts";

describe("RouteSocket", () => {
  it("lists the loopback link with its address", async () => {
    using socket = new RouteSocket();
    const [links, addresses] = await Promise.all([socket.links(), socket.addresses()]);
    const loopback = links.find(({ name }) => name === "lo");
    expect(loopback?.index).toBe(1);
    expect(links.every(({ name }) => name.length > 0)).toBe(true);
    if (loopback?.up) {
      expect(addresses).toContainEqual({ index: 1, address: "127.0.0.1", prefixLength: 8, scope: 254 });
    }
  });
});

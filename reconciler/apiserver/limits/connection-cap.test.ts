import { expect, test } from "vitest";

import { ConnectionCap, networkOf } from "./connection-cap.ts";

test("ConnectionCap counts by address, and not this machine's own", () => {
  const cap = new ConnectionCap(2);
  const leave = cap.enter("192.0.2.1");
  expect(cap.enter("192.0.2.1")).toBeDefined();
  expect(cap.enter("192.0.2.1")).toBeUndefined();
  expect(cap.enter("192.0.2.2")).toBeDefined();
  for (let i = 0; i < 10; i += 1) {
    for (const own of ["127.0.0.1", "::1", "::ffff:127.0.0.1", undefined])
      expect(cap.enter(own)).toBeDefined();
  }
  leave?.();
  expect(cap.enter("192.0.2.1")).toBeDefined();
});

test.each([
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
  ["2001:db8::5", "2001:db8:0:0"],
  ["::2", "0:0:0:0"],
  ["fe80::1%eth0", "fe80:0:0:0"],
  ["192.0.2.1", "192.0.2.1"],
  ["::ffff:192.0.2.1", "::ffff:192.0.2.1"],
])("networkOf(%s) is %s", (address, network) => {
  expect(networkOf(address)).toBe(network);
});

import { expect, test } from "vitest";

import { namesServer } from "./host-names.ts";

test.each([
  ["127.0.0.1:6443", true],
  ["192.0.2.7", true],
  ["[::1]:6443", true],
  ["[2001:db8::1]", true],
  ["localhost:6443", true],
  ["kubernetes.default.svc", true],
  ["Freehold.Example:6443", true],
  ["freehold.example.", true],
  ["evil.example", false],
  ["freehold.example.evil.example", false],
  ["127.0.0.1.evil.example", false],
  ["[freehold.example]", false],
  ["evil.example@127.0.0.1", false],
  ["127.0.0.1:x", false],
  ["", false],
  [undefined, false],
])("namesServer(%s) is %s", (host, is) => {
  expect(namesServer(host, ["freehold.example"])).toBe(is);
});

import { assert, property, string } from "fast-check";
import { expect, test } from "vitest";

import { compareKeys } from "./compare-keys.ts";

test("compareKeys() orders any two keys as their UTF-8 bytes do", () => {
  const anyKey = string({ unit: "binary" });
  assert(
    property(anyKey, anyKey, (a, b) => {
      expect(Math.sign(compareKeys(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }),
  );
});

test("compareKeys() puts a character beyond U+FFFF after U+FFFD, where UTF-16 would not", () => {
  expect(compareKeys("\u{1f600}", "\ufffd")).toBeGreaterThan(0);
});

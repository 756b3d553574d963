import { expect, test } from "vitest";

import { parseDurationMs, Options } from "./options.ts";

test("parseDurationMs() reads time spans as kubectl does, and bare numbers as seconds", () => {
  expect(
    ["90s", "1h30m", "2d", "250ms", "1.5m", "10"].map((text) => parseDurationMs(text, "--timeout")),
  ).toEqual([90_000, 5_400_000, 172_800_000, 250, 90_000, 10_000]);
  expect(() => parseDurationMs("soon", "--timeout")).toThrow(
    'Cannot use --timeout "soon": wanted a time span',
  );
});

test("Options says which flag is wrong", () => {
  const options = new Options({ tail: "-1", filename: ["a", "b"], wait: true });
  expect(() => options.count("tail")).toThrow('Cannot use --tail "-1": wanted a whole number');
  expect([options.texts("filename"), options.flag("wait"), options.text("wait")]).toEqual([
    ["a", "b"],
    true,
    undefined,
  ]);
});

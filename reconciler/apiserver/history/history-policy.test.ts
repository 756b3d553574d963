import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { outdatedKeys } from "./history-policy.ts";

const policy = { keepMs: 1000, perObject: 2, totalBytes: 100 };
const kept = (object: string, time: number, bytes = 1) => ({
  key: `/history/g/things/${object}/${String(time).padStart(15, "0")}-x`,
  bytes,
});
const times = (keys: readonly string[]): readonly number[] =>
  keys.map((key) => Number(/(\d+)-x$/.exec(key)?.[1]));

describe("outdatedKeys()", () => {
  it("gives up what is too old, oldest first", () => {
    expect(times(outdatedKeys([kept("a", 4000), kept("a", 2000), kept("b", 3999)], policy, 5000))).toEqual([
      2000, 3999,
    ]);
  });
  it("keeps the newest of each object", () => {
    const all = [kept("a", 4700), kept("a", 4800), kept("a", 4900), kept("b", 4600)];
    expect(times(outdatedKeys(all, policy, 5000))).toEqual([4700]);
  });
  it("never keeps more than there is room for, and gives up nothing while there is", () => {
    const entry = fc.record({
      object: fc.constantFrom("a", "b", "c"),
      time: fc.integer({ min: 4001, max: 5000 }),
      bytes: fc.integer({ min: 1, max: 60 }),
    });
    fc.assert(
      fc.property(fc.uniqueArray(entry, { selector: (e) => `${e.object}${e.time}` }), (entries) => {
        const all = entries.map(({ object, time, bytes }) => kept(object, time, bytes));
        const gone = new Set(outdatedKeys(all, { ...policy, perObject: 100 }, 5000));
        const sum = all.filter(({ key }) => !gone.has(key)).reduce((total, { bytes }) => total + bytes, 0);
        expect(sum).toBeLessThanOrEqual(100);
        const everything = all.reduce((total, { bytes }) => total + bytes, 0);
        if (everything <= 100) expect(gone.size).toBe(0);
      }),
    );
  });
});

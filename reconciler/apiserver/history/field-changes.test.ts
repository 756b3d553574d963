import { describe, expect, it } from "vitest";

import { fieldChanges } from "./field-changes.ts";

describe("fieldChanges()", () => {
  it.each<[string, unknown, unknown, readonly object[]]>([
    ["nothing", { a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }, []],
    ["a field", { spec: { size: 1 } }, { spec: { size: 2 } }, [{ path: "spec.size", from: 1, to: 2 }]],
    ["a new field", {}, { spec: { x: null } }, [{ path: "spec", to: { x: null } }]],
    ["a lost field", { labels: { "a/b": "c" } }, { labels: {} }, [{ path: 'labels["a/b"]', from: "c" }]],
    [
      "an item",
      { p: [{ n: 1 }, { n: 2 }] },
      { p: [{ n: 1 }, { n: 3 }] },
      [{ path: "p[1].n", from: 2, to: 3 }],
    ],
    ["a longer list", { p: [1] }, { p: [1, 2] }, [{ path: "p", from: [1], to: [1, 2] }]],
    ["another type", { a: {} }, { a: [] }, [{ path: "a", from: {}, to: [] }]],
  ])("finds %s", (_what, from, to, expected) => {
    expect(fieldChanges(from, to)).toEqual(expected);
  });
});

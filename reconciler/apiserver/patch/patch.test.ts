import fc from "fast-check";
import { expect, test } from "vitest";

import { jsonPatch } from "./json-patch.ts";
import { mergePatch } from "./merge-patch.ts";

/** RFC 7396, appendix A. */
test.each([
  [{ a: "b" }, { a: "c" }, { a: "c" }],
  [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
  [{ a: "b" }, { a: null }, {}],
  [{ a: "b", b: "c" }, { a: null }, { b: "c" }],
  [{ a: ["b"] }, { a: "c" }, { a: "c" }],
  [{ a: "c" }, { a: ["b"] }, { a: ["b"] }],
  [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
  [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
  [
    ["a", "b"],
    ["c", "d"],
    ["c", "d"],
  ],
  [{ a: "b" }, ["c"], ["c"]],
  [{ a: "foo" }, null, null],
  [{ a: "foo" }, "bar", "bar"],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [[1, 2], { a: "b", c: null }, { a: "b" }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
])("mergePatch() of %j with %j is %j", (target, patch, expected) => {
  expect(mergePatch(target, patch)).toEqual(expected);
});

test("mergePatch() twice is mergePatch() once", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (target, patch) => {
      const once = mergePatch(target, patch);
      expect(mergePatch(once, patch)).toEqual(once);
    }),
  );
});

test("jsonPatch() works on a copy and says what does not fit", () => {
  const target = { a: 1, list: [1, 2] };
  expect(
    jsonPatch(target, [
      { op: "remove", path: "/a" },
      { op: "add", path: "/list/-", value: 3 },
    ]),
  ).toEqual({ list: [1, 2, 3] });
  expect(target).toEqual({ a: 1, list: [1, 2] });
  expect(() => jsonPatch(target, [{ op: "test", path: "/a", value: 2 }])).toThrow('Cannot test "/a"');
  expect(() => jsonPatch(target, [{ op: "replace", path: "/none/x", value: 2 }])).toThrow(
    'Cannot replace "/none/x"',
  );
  expect(() => jsonPatch(target, [{ op: "add", path: "/__proto__/x", value: 2 }])).toThrow(
    "Cannot read operation 0",
  );
  expect(() => jsonPatch(target, {})).toThrow("wanted an array");
});

test("jsonPatch() answers 413 when copies into themselves would fill the memory", () => {
  const double = { op: "copy", from: "/a", path: "/a/0" };
  const patch = Array.from({ length: 40 }, () => double);
  expect(() => jsonPatch({ a: ["xxxxxxxx"] }, patch)).toThrow(expect.objectContaining({ code: 413 }));
});

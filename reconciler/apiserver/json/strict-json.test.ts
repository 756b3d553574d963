import fc from "fast-check";
import { expect, test } from "vitest";

import { parseStrictJson } from "./strict-json.ts";

test("parseStrictJson() reads whatever JSON.stringify writes", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), fc.constantFrom(undefined, 1, "\t"), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      fc.pre(!/(^|[^.\d"e+-])-?\d{16,}/.test(text));
      expect(parseStrictJson(text)).toEqual({ value: JSON.parse(text), duplicates: [] });
    }),
  );
});

test("parseStrictJson() accepts and refuses exactly what JSON.parse does", () => {
  const piece = fc.constantFrom(
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    '"a"',
    "1",
    "-0.5e3",
    "true",
    "null",
    " ",
    '"\\u12"',
    "01",
    "\u0007",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = pieces.join("");
      expect(outcome(() => parseStrictJson(text).value)).toEqual(outcome(() => JSON.parse(text) as unknown));
    }),
    { numRuns: 2000 },
  );
});

test("parseStrictJson() names members that come twice and keeps the last", () => {
  expect(parseStrictJson('{"a":1,"b":[{"c.d":1,"c.d":2}],"a":3}')).toEqual({
    value: { a: 3, b: [{ "c.d": 2 }] },
    duplicates: ["b[0].[c.d]".replace(".[", "["), "a"],
  });
});

test("parseStrictJson() refuses an integer a double would change", () => {
  expect(() => parseStrictJson('{"spec":{"size":9007199254740993}}')).toThrow(
    'Cannot read the number 9007199254740993 at "spec.size"',
  );
});

test("parseStrictJson() keeps __proto__ an ordinary member", () => {
  const { value } = parseStrictJson('{"__proto__":{"polluted":true}}');
  expect(Object.keys(value as object)).toEqual(["__proto__"]);
  expect(Reflect.get({}, "polluted")).toBeUndefined();
});

function outcome(run: () => unknown): unknown {
  try {
    return { value: run() };
  } catch {
    return "refused";
  }
}

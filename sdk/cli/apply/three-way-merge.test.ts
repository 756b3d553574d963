import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { type Fields, isFields } from "../json.ts";
import { sameValue, threeWayMerge } from "./three-way-merge.ts";

/** RFC 7396, as the server has it. */
function applyPatch(target: unknown, patch: unknown): unknown {
  if (!isFields(patch)) return patch;
  const result: Record<string, unknown> = isFields(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else result[name] = applyPatch(result[name], value);
  }
  return result;
}

describe("threeWayMerge()", () => {
  test("adds, changes, and removes what it applied before, and leaves what others added", () => {
    const original = { spec: { a: 1, gone: true, deep: { x: 1, y: 2 } } };
    const modified = { spec: { a: 2, deep: { x: 1 }, fresh: [1] } };
    const current = { spec: { a: 1, gone: true, deep: { x: 1, y: 2, theirs: 3 }, theirs: "kept" } };
    expect(threeWayMerge(original, modified, current)).toEqual({
      spec: { a: 2, gone: null, deep: { y: null }, fresh: [1] },
    });
  });

  test("says nothing when there is nothing to do, whatever the order of members", () => {
    expect(
      threeWayMerge(
        { a: 1 },
        { a: { x: 1, y: [{ p: 1, q: 2 }] } },
        { a: { y: [{ q: 2, p: 1 }], x: 1 }, b: 2 },
      ),
    ).toBe(undefined);
  });

  test("takes a null for a wish that the member be absent", () => {
    expect(threeWayMerge({}, { a: null }, {})).toBe(undefined);
    expect(threeWayMerge({}, { a: null }, { a: 1 })).toEqual({ a: null });
  });

  test("replaces lists as a whole, and a value by an object", () => {
    expect(threeWayMerge({}, { l: [1], o: { a: 1 } }, { l: [1, 2], o: "text" })).toEqual({
      l: [1],
      o: { a: 1 },
    });
  });

  const names = fc.constantFrom("a", "b", "c", "d");
  const leaf = fc.oneof(
    fc.integer({ min: 0, max: 3 }),
    fc.boolean(),
    fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 2 }),
  );
  const tree: fc.Arbitrary<Fields> = fc.letrec<{ tree: Fields }>((tie) => ({
    tree: fc.dictionary(names, fc.oneof({ maxDepth: 3 }, leaf, tie("tree")), {
      maxKeys: 4,
      noNullPrototype: true,
    }),
  })).tree;

  test("makes the server's object say all that the manifest says, and none of what it does not say any more", () => {
    fc.assert(
      fc.property(tree, tree, tree, (original, modified, current) => {
        const patch = threeWayMerge(original, modified, current);
        const result = applyPatch(current, patch ?? {});
        expect(holds(result, modified)).toBe(true);
        expect(threeWayMerge(modified, modified, isFields(result) ? result : {})).toBe(undefined);
        for (const name of Object.keys(original))
          if (!(name in modified)) expect(result).not.toHaveProperty(name);
        for (const name of Object.keys(current)) {
          if (!(name in original) && !(name in modified))
            expect(Reflect.get(Object(result), name)).toEqual(current[name]);
        }
      }),
    );
  });
});

/** Whether all of `wanted` is in `found`. */
function holds(found: unknown, wanted: unknown): boolean {
  if (!isFields(wanted)) return sameValue(found, wanted);
  return isFields(found) && Object.entries(wanted).every(([name, value]) => holds(found[name], value));
}

import fc from "fast-check";
import { expect, test } from "vitest";

import { difference, intersection, union, withoutSubtrees } from "./field-set.ts";
import { EMPTY, fieldsAt, type FieldsV1 } from "./fields-v1.ts";
import { readFields, sortFields } from "./read-fields.ts";
import { showPaths } from "./show-paths.ts";

const elements = ["f:a", "f:b", "f:é", 'k:{"id":1}', 'k:{"id":"x"}', 'v:"y"', "v:2", "v:true"];
const anyNode = (depth: number): fc.Arbitrary<FieldsV1> =>
  fc.dictionary(fc.constantFrom(".", ...elements), depth === 0 ? fc.constant(EMPTY) : anyNode(depth - 1), {
    maxKeys: 3,
    noNullPrototype: true,
  });
const trees = anyNode(3);
/** Sets in their one form. */
const sets = trees.map((tree) => sortFields(readFields(tree) ?? EMPTY));

test("readFields() puts keys and values in one form, and drops a root's own mark", () => {
  expect(readFields({ ".": {}, "f:a": { 'k:{"b": 1.0, "a":"x"}': {}, 'v:{"d":1,"c":[ ]}': {} } })).toEqual({
    "f:a": { 'k:{"a":"x","b":1}': {}, 'v:{"c":[],"d":1}': {} },
  });
});

test.each([
  null,
  [],
  "x",
  { "f:a": 1 },
  { a: {} },
  { "k:{}": {} },
  { "k:[1]": {} },
  { "k:{": {} },
  { 'v:"x" y': {} },
  { "i:x": {} },
])("readFields() finds no set in %j", (raw) => {
  expect(readFields(raw)).toBeUndefined();
});

test("sortFields() puts members before keys before values before indexes, numbers before texts before booleans", () => {
  const sorted = [
    "f:A",
    "f:a",
    "f:\uffff",
    "f:\u{10000}",
    'k:{"a":2}',
    'k:{"a":10}',
    'k:{"a":"1"}',
    'k:{"b":1}',
  ].concat(["v:2", "v:10", 'v:"a"', "v:false", "v:true", "v:[]", "v:{}", "v:null", "i:2", "i:10"]);
  const tree = Object.fromEntries(sorted.toReversed().map((element) => [element, EMPTY]));
  expect(Object.keys(sortFields(tree))).toEqual(sorted);
});

test("showPaths() writes what conflicts print", () => {
  const fields = {
    "f:spec": { "f:l": { 'k:{"a":1,"b":"x"}': { ".": {}, "f:n": {} }, 'v:"t"': {} }, "f:m": { "i:3": {} } },
  };
  expect(showPaths(fields)).toEqual([
    '.spec.l[a=1,b="x"]',
    '.spec.l[a=1,b="x"].n',
    '.spec.l[="t"]',
    ".spec.m[3]",
  ]);
  expect(showPaths(EMPTY)).toEqual([]);
});

test("sets obey the laws of sets", () => {
  const normal = sortFields;
  fc.assert(
    fc.property(sets, sets, (a, b) => {
      expect(normal(union(a, b))).toEqual(normal(union(b, a)));
      expect(normal(union(difference(a, b), intersection(a, b)))).toEqual(a);
      expect(difference(intersection(a, b), b)).toEqual(EMPTY);
      expect(union(a, EMPTY)).toEqual(a);
      expect(difference(a, a)).toEqual(EMPTY);
      expect(difference(withoutSubtrees(a, b), difference(a, b))).toEqual(EMPTY);
    }),
  );
});

test("difference() keeps parents and children apart, withoutSubtrees() does not", () => {
  const [parent, child] = [fieldsAt(["a"]), fieldsAt(["a", "b"])];
  expect(difference(parent, child)).toEqual(parent);
  expect(difference(child, parent)).toEqual(child);
  expect(withoutSubtrees(parent, child)).toEqual(parent);
  expect(withoutSubtrees(child, parent)).toEqual(EMPTY);
});

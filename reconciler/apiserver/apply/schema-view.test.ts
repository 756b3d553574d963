import { expect, test } from "vitest";

import { compare } from "./compare.ts";
import { configProblems } from "./config-problems.ts";
import { duplicateItems } from "./duplicate-items.ts";
import { fieldSetOf } from "./field-set-of.ts";
import { fitToView } from "./fit-to-view.ts";
import { objectView, schemaView } from "./schema-view.ts";

const text = { type: "string" };
const list = (more: object, items: object = text) => ({ type: "array", items, ...more });
const byId = { "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["id"] };
const item = { type: "object", properties: { id: text, n: { type: "integer" } } };

test.each([
  ["a scalar", text, "x", {}],
  ["a list that says nothing", list({}), ["x"], {}],
  ["an atomic list", list({ "x-kubernetes-list-type": "atomic" }), ["x"], {}],
  ["a set", list({ "x-kubernetes-list-type": "set" }), ["x"], { 'v:"x"': {} }],
  [
    "a list by key",
    list(byId, item),
    [{ id: "a", n: 1 }],
    { 'k:{"id":"a"}': { ".": {}, "f:id": {}, "f:n": {} } },
  ],
  [
    "a list by key with a map that is atomic",
    list(byId, { ...item, "x-kubernetes-map-type": "atomic" }),
    [{ id: "a" }],
    { 'k:{"id":"a"}': {} },
  ],
  ["a list by key without keys", list({ "x-kubernetes-list-type": "map" }, item), [{ id: "a" }], {}],
  ["items that are told apart by nothing", list(byId, item), [{ n: 1 }], {}],
  ["items with the same key", list(byId, item), [{ id: "a", n: 1 }, { id: "a" }], { 'k:{"id":"a"}': {} }],
  ["a record", item, { id: "a" }, { "f:id": {} }],
  [
    "a map",
    { type: "object", additionalProperties: item },
    { x: { id: "a" } },
    { "f:x": { ".": {}, "f:id": {} } },
  ],
  ["an atomic map", { ...item, "x-kubernetes-map-type": "atomic" }, { id: "a" }, {}],
  [
    "anything",
    { "x-kubernetes-preserve-unknown-fields": true },
    { a: { b: [1] } },
    { "f:a": { ".": {}, "f:b": {} } },
  ],
  [
    "a record that keeps more",
    { ...item, "x-kubernetes-preserve-unknown-fields": true },
    { id: "a", z: { y: 1 } },
    { "f:id": {}, "f:z": { ".": {}, "f:y": {} } },
  ],
  [
    "an open object",
    { type: "object", additionalProperties: true },
    { a: { b: 1 } },
    { "f:a": { ".": {}, "f:b": {} } },
  ],
  ["a number or text", { "x-kubernetes-int-or-string": true }, 5, {}],
  ["nothing said", {}, { a: 1 }, {}],
  ["null in a record", item, { id: null }, { "f:id": {} }],
  [
    "empty in a record",
    { type: "object", properties: { m: item, l: list(byId, item) } },
    { m: {}, l: [] },
    { "f:m": {} },
  ],
])("schemaView() and fieldSetOf() of %s", (_, schema, value, fields) => {
  expect(fieldSetOf(schemaView(schema), value)).toEqual(fields);
});

test("objectView() knows metadata: finalizers one by one, owners by uid, labels by name", () => {
  const metadata = {
    labels: { a: "b" },
    finalizers: ["x/y"],
    ownerReferences: [{ uid: "u", name: "n", kind: "K", apiVersion: "v1" }],
  };
  expect(fieldSetOf(objectView({}), { metadata })).toEqual({
    "f:metadata": {
      "f:finalizers": { 'v:"x/y"': {} },
      "f:labels": { "f:a": {} },
      "f:ownerReferences": { 'k:{"uid":"u"}': {} },
    },
  });
});

test("compare() tells items by key, whatever their order, and the empty from the absent", () => {
  const view = schemaView({ type: "object", properties: { l: list(byId, item), m: item } });
  const before = { l: [{ id: "a", n: 1 }, { id: "b" }], m: {} };
  expect(compare(view, before, { l: [{ id: "b" }, { id: "a", n: 2 }, { id: "c" }] })).toEqual({
    added: { "f:l": { 'k:{"id":"c"}': { ".": {}, "f:id": {} } } },
    modified: { "f:l": { 'k:{"id":"a"}': { "f:n": {} } } },
    removed: { "f:m": {} },
  });
  expect(compare(view, { m: null }, { m: {} }).modified).toEqual({ "f:m": {} });
  expect(compare(view, {}, { m: { id: "x" } }).added).toEqual({ "f:m": { ".": {}, "f:id": {} } });
});

test("compare() counts items that cannot be told apart as one", () => {
  const view = schemaView(list(byId, item));
  const twins = [
    { id: "a", n: 1 },
    { id: "a", n: 2 },
  ];
  expect(compare(view, twins, twins.toReversed()).modified).toEqual({ 'k:{"id":"a"}': {} });
  expect(compare(view, twins, [{ id: "a" }])).toEqual({
    added: { 'k:{"id":"a"}': { ".": {}, "f:id": {} } },
    modified: {},
    removed: { 'k:{"id":"a"}': {} },
  });
});

test("fitToView() gives the whole of what became atomic to who owned a part", () => {
  const now = schemaView({
    type: "object",
    properties: { m: { ...item, "x-kubernetes-map-type": "atomic" }, o: item },
  });
  const rest = { "f:o": { "f:id": {} } };
  expect(fitToView(now, { "f:m": { "f:id": {} }, ...rest })).toEqual({ "f:m": {}, ...rest });
  expect(fitToView(now, rest)).toBe(rest);
});

test("configProblems() names the list and the item", () => {
  const view = schemaView({
    type: "object",
    properties: { l: list(byId, item), s: list({ "x-kubernetes-list-type": "set" }) },
  });
  expect(
    configProblems(view, { l: [{ id: "a" }, { id: "a" }, { n: 1 }, null, "x"], s: ["a", "a", {}] }),
  ).toEqual([
    '.l: duplicate entries for key [id="a"]',
    '.l: element 2: associative list with keys has an element that omits all key fields ["id"]',
    ".l: element 3: associative list may not have a null element",
    ".l: element 4: associative list with keys may not have non-map elements",
    '.s: duplicate entries for key [="a"]',
    ".s: element 2: a set may only have scalars",
  ]);
});

test("duplicateItems() finds items that come twice, at any depth", () => {
  const inner = { type: "object", properties: { id: text, tags: list({ "x-kubernetes-list-type": "set" }) } };
  const view = schemaView({ type: "object", properties: { l: list(byId, inner), free: list({}) } });
  const value = {
    l: [{ id: "a", tags: ["x", "y", "x"] }, { id: "b" }, { id: "a" }, { id: "a" }],
    free: ["x", "x"],
  };
  expect(duplicateItems(view, value)).toEqual([
    { path: ["l", 0, "tags", 2], common: "x" },
    { path: ["l", 2], common: { id: "a" } },
    { path: ["l", 3], common: { id: "a" } },
  ]);
});

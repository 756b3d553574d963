import { Type } from "typebox";
import { expect, test } from "vitest";

import { pruneUnknownFields } from "./unknown-fields.ts";

const schema = {
  properties: {
    spec: Type.Object({
      size: Type.Integer(),
      ports: Type.Array(Type.Object({ name: Type.String() })),
      labels: Type.Record(Type.String(), Type.String()),
    }),
  },
};

test("pruneUnknownFields() removes and names only what the schema does not know", () => {
  const value = {
    kind: "Thing",
    spec: { size: 1, "a.b/c": 2, ports: [{ name: "x", extra: true }], labels: { "d.e/f": "kept" } },
    other: {},
  };
  expect(pruneUnknownFields(schema, value)).toEqual(["spec[a.b/c]", "spec.ports[0].extra", "other"]);
  expect(value).toEqual({
    kind: "Thing",
    spec: { size: 1, ports: [{ name: "x" }], labels: { "d.e/f": "kept" } },
  });
});

test("pruneUnknownFields() takes names of Object.prototype for unknown", () => {
  expect(pruneUnknownFields(schema, { constructor: 1, spec: { toString: 2 } })).toEqual([
    "constructor",
    "spec.toString",
  ]);
});

import { Type } from "typebox";
import { expect, test } from "vitest";

import { compileSchema } from "./schema.ts";

const check = compileSchema({
  properties: {
    spec: Type.Object({
      size: Type.Integer({ minimum: 1, default: 3 }),
      note: Type.Optional(Type.Union([Type.String(), Type.Null()])),
      data: Type.Optional(Type.Record(Type.String(), Type.Integer())),
    }),
  },
  required: ["spec"],
});

test("compileSchema() fills defaults in place", () => {
  const value = { spec: {} };
  expect(check(value).problems).toEqual([]);
  expect(value).toEqual({ spec: { size: 3 } });
});

test("compileSchema() reports a value that fits no alternative once", () => {
  expect(check({ spec: { note: 7 } }).problems).toEqual([
    {
      path: "spec.note",
      reason: "FieldValueTypeInvalid",
      message: "Invalid value: 7: must be string or null",
    },
  ]);
});

test("compileSchema() names members with dots in brackets", () => {
  expect(check({ spec: { data: { "a.b": "x" } } }).problems[0]?.path).toBe("spec.data[a.b]");
});

test("compileSchema() says Required value for what is missing", () => {
  expect(check({}).problems).toEqual([
    { path: "spec", reason: "FieldValueRequired", message: "Required value" },
  ]);
});

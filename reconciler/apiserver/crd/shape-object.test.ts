import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { isObject } from "../json/json-object.ts";
import { shapeObject } from "./shape-object.ts";
import type { Schema } from "./structural-schema.ts";
import { anyObjectSchema, anyValue } from "./testing/any-structural-schema.ts";

function shaped(schema: Schema, value: object): { value: object; unknown: readonly string[] } {
  const copy = { ...structuredClone(value) };
  return { unknown: shapeObject(schema, copy).unknownFields, value: copy };
}

const inSpec = (spec: Schema): Schema => ({ type: "object", properties: { spec } });

describe("shapeObject()", () => {
  test("drops what is unknown, and keeps it where the schema says so", () => {
    const schema = inSpec({
      type: "object",
      properties: {
        known: { type: "string" },
        open: {
          type: "object",
          "x-kubernetes-preserve-unknown-fields": true,
          properties: { inner: { type: "object" } },
        },
        map: {
          type: "object",
          additionalProperties: { type: "object", properties: { x: { type: "integer" } } },
        },
        list: { type: "array", items: { type: "object", properties: { x: { type: "integer" } } } },
      },
    });
    const found = shaped(schema, {
      kind: "K",
      odd: 1,
      spec: {
        known: "k",
        odd: 2,
        open: { any: { thing: 1 }, inner: { odd: 3 } },
        map: { "a.b": { x: 1, odd: 4 } },
        list: [{ x: 1 }, { odd: 5 }],
      },
    });
    expect(found.value).toEqual({
      kind: "K",
      spec: {
        known: "k",
        open: { any: { thing: 1 }, inner: {} },
        map: { "a.b": { x: 1 } },
        list: [{ x: 1 }, {}],
      },
    });
    expect(found.unknown).toEqual([
      "odd",
      "spec.list[1].odd",
      "spec.map[a.b].odd",
      "spec.odd",
      "spec.open.inner.odd",
    ]);
  });

  test("puts defaults where the object around them is, and in the place of a null that is not allowed", () => {
    const size: Schema = { type: "integer", default: 1 };
    const inner: Schema = { type: "object", properties: { size } };
    const schema = inSpec({
      type: "object",
      properties: {
        size,
        maybe: { ...size, nullable: true },
        inner,
        made: { ...inner, default: {} },
        list: { type: "array", items: inner },
        text: { type: "string" },
      },
    });
    expect(shaped(schema, { spec: {} }).value).toEqual({ spec: { size: 1, maybe: 1, made: { size: 1 } } });
    expect(
      shaped(schema, { spec: { size: null, maybe: null, made: null, text: null, list: [{}] } }).value,
    ).toEqual({
      spec: { size: 1, maybe: null, made: { size: 1 }, list: [{ size: 1 }] },
    });
    expect(shaped(schema, {}).value).toEqual({});
  });

  test("holds embedded metadata to what metadata is", () => {
    const schema = inSpec({ type: "object", "x-kubernetes-embedded-resource": true, properties: {} });
    const object = {
      spec: { apiVersion: "v1", kind: "K", metadata: { name: "n", odd: 1, labels: { a: 1 } }, odd: 2 },
    };
    const { unknownFields, problems } = shapeObject(schema, object);
    expect(unknownFields).toEqual(["spec.metadata.odd", "spec.odd"]);
    expect(problems).toMatchObject([{ path: "spec.metadata.labels[a]" }]);
  });

  test("does nothing the second time", () => {
    fc.assert(
      fc.property(anyObjectSchema, anyValue, (schema, value) => {
        const once = shaped(schema, isObject(value) ? value : {});
        const twice = shaped(schema, once.value);
        expect(twice).toEqual({ value: once.value, unknown: [] });
      }),
      { numRuns: 500 },
    );
  });

  test("leaves no member the schema does not know", () => {
    fc.assert(
      fc.property(anyObjectSchema, anyValue, (schema, value) => {
        const { value: found } = shaped(schema, isObject(value) ? value : {});
        if (schema["x-kubernetes-preserve-unknown-fields"]) return;
        for (const name of Object.keys(found)) expect(Object.keys(schema.properties ?? {})).toContain(name);
      }),
      { numRuns: 300 },
    );
  });
});

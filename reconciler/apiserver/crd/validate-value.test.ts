import { Ajv } from "ajv";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";

import { loadPatterns } from "./pattern.ts";
import type { Schema } from "./structural-schema.ts";
import { anyObjectSchema, anyValue } from "./testing/any-structural-schema.ts";
import { validateChange, validateValue } from "./validate-value.ts";

beforeAll(loadPatterns);

const said = (schema: Schema, value: unknown): readonly string[] =>
  validateValue(schema, value, "spec").map(({ path, message }) => `${path}: ${message}`);

describe("validateValue()", () => {
  test("speaks as kube-apiserver does", () => {
    const number = { type: "number", minimum: 1, maximum: 3, exclusiveMaximum: true, multipleOf: 0.5 };
    expect([
      ...said({ type: "integer" }, 1.5),
      ...said({ type: "string" }, null),
      ...said(number, 0.25),
      ...said(number, 3),
      ...said({ type: "string", minLength: 2 }, "é"),
      ...said({ type: "string", maxLength: 1 }, "ab"),
      ...said({ type: "string", format: "date-time" }, "2026-02-30T00:00:00Z"),
      ...said({ type: "string", format: "ipv4" }, "1.2.3"),
      ...said({ type: "array", minItems: 1 }, []),
      ...said({ type: "array", maxItems: 1, items: { type: "integer" } }, [1, "x"]),
      ...said({ type: "object", minProperties: 1 }, {}),
      ...said({ type: "object", maxProperties: 1 }, { a: 1, b: 2 }),
      ...said({ type: "object", required: ["a"] }, {}),
      ...said({ type: "integer", enum: [1, 2] }, 3),
      ...said({ type: "object", oneOf: [{ required: ["a"] }, { required: ["b"] }] }, {}),
      ...said({ type: "object", oneOf: [{ required: ["a"] }, { required: ["b"] }] }, { a: 1, b: 1 }),
      ...said({ type: "integer", anyOf: [{ minimum: 5 }, { maximum: 1 }] }, 3),
      ...said({ type: "integer", allOf: [{ minimum: 5 }, { maximum: 9 }] }, 3),
      ...said({ type: "integer", not: { minimum: 5 } }, 6),
    ]).toMatchInlineSnapshot(`
      [
        "spec: Invalid value: "number": spec in body must be of type integer: "number"",
        "spec: Invalid value: "null": spec in body must be of type string: "null"",
        "spec: Invalid value: 0.25: spec in body should be greater than or equal to 1",
        "spec: Invalid value: 0.25: spec in body should be a multiple of 0.5",
        "spec: Invalid value: 3: spec in body should be less than 3",
        "spec: Invalid value: "é": spec in body should be at least 2 chars long",
        "spec: Too long: may not be more than 1 bytes",
        "spec: Invalid value: "2026-02-30T00:00:00Z": spec in body must be of type date-time: "2026-02-30T00:00:00Z"",
        "spec: Invalid value: "1.2.3": spec in body must be of type ipv4: "1.2.3"",
        "spec: Invalid value: 0: spec in body should have at least 1 items",
        "spec: Too many: 2: must have at most 1 items",
        "spec[1]: Invalid value: "string": spec[1] in body must be of type integer: "string"",
        "spec: Invalid value: 1: spec in body should have at least 1 properties",
        "spec: Too many: 2: must have at most 1 items",
        "spec.a: Required value",
        "spec: Unsupported value: 3: supported values: 1, 2",
        "<nil>: Invalid value: "": "spec" must validate one and only one schema (oneOf). Found none valid",
        "spec.a: Required value",
        "<nil>: Invalid value: "": "spec" must validate one and only one schema (oneOf). Found 2 valid alternatives",
        "<nil>: Invalid value: "": "spec" must validate at least one schema (anyOf)",
        "spec: Invalid value: 3: spec in body should be greater than or equal to 5",
        "spec: Invalid value: 3: spec in body should be greater than or equal to 5",
        "<nil>: Invalid value: "": "spec" must validate all the schemas (allOf)",
        "<nil>: Invalid value: "": "spec" must not validate the schema (not)",
      ]
    `);
  });

  test("allows what the schema allows", () => {
    expect(said({ type: "string", nullable: true, pattern: "^a" }, null)).toEqual([]);
    expect(said({ "x-kubernetes-int-or-string": true }, "50%")).toEqual([]);
    expect(said({ type: "number" }, 3)).toEqual([]);
    expect(said({ type: "string", maxLength: 1 }, "😀")).toEqual([]);
    expect(said({ type: "string", format: "unheard-of" }, "x")).toEqual([]);
  });

  test("judges as ajv does", () => {
    fc.assert(
      fc.property(anyObjectSchema, anyValue, (schema, value) => {
        const ajv = new Ajv({ strict: false });
        expect(validateValue(schema, value).length === 0).toBe(ajv.validate(forAjv(schema), value));
      }),
      { numRuns: 100 },
    );
  });
});

describe("validateChange()", () => {
  const schema: Schema = {
    type: "object",
    properties: {
      a: { type: "integer", maximum: 1 },
      b: { type: "integer", maximum: 1 },
      list: {
        type: "array",
        "x-kubernetes-list-type": "map",
        "x-kubernetes-list-map-keys": ["name"],
        items: {
          type: "object",
          properties: { name: { type: "string" }, size: { type: "integer", maximum: 1 } },
        },
      },
    },
  };
  const paths = (next: unknown, old: unknown): readonly string[] =>
    validateChange(schema, next, old).map(({ path }) => path);

  test("blames only what changed", () => {
    expect(paths({ a: 5, b: 5 }, { a: 5, b: 1 })).toEqual(["b"]);
    const broken = { name: "x", size: 9 };
    expect(paths({ list: [{ name: "new", size: 2 }, broken] }, { list: [broken] })).toEqual(["list[0].size"]);
  });

  test("finds nothing in what did not change, whatever it is", () => {
    fc.assert(
      fc.property(anyObjectSchema, anyValue, (any, value) => {
        expect(validateChange(any, value, structuredClone(value))).toEqual([]);
      }),
    );
  });
});

/** Kubernetes' own keywords in JSON Schema's. */
function forAjv(schema: Schema): object {
  const { nullable, type, properties, additionalProperties, items } = schema;
  if (schema["x-kubernetes-int-or-string"]) return { type: ["integer", "string"] };
  return {
    ...(type !== undefined && { type: nullable === true ? [type, "null"] : type }),
    ...(properties && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, forAjv(one)])),
    }),
    ...(typeof additionalProperties === "object" && { additionalProperties: forAjv(additionalProperties) }),
    ...(items && { items: forAjv(items) }),
  };
}

import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";

import { duplicateItems } from "../apply/duplicate-items.ts";
import { objectView } from "../apply/schema-view.ts";
import { isObject } from "../json/json-object.ts";
import { loadPatterns } from "./pattern.ts";
import { dropUnknownKeywords } from "./schema-keywords.ts";
import { shapeObject } from "./shape-object.ts";
import { anyObjectSchema, anyValue } from "./testing/any-structural-schema.ts";
import { validateSchema } from "./validate-schema.ts";
import { validateChange } from "./validate-value.ts";

beforeAll(loadPatterns);

const said = (schema: object): readonly string[] =>
  validateSchema({ type: "object", properties: { spec: schema } }, "s").map(
    ({ path, message }) => `${path.replace("s.properties[spec]", "spec")}: ${message}`,
  );

describe("validateSchema()", () => {
  test("speaks as kube-apiserver does", () => {
    const text = { type: "string" };
    expect([
      ...said({}),
      ...said({ type: "thing" }),
      ...said({ type: "array" }),
      ...said({ type: "array", items: [text] }),
      ...said({ type: "object", properties: { a: text }, additionalProperties: text }),
      ...said({ type: "object", additionalProperties: false }),
      ...said({ type: "string", $ref: "#/x", uniqueItems: true, minLength: 1.5 }),
      ...said({ type: "integer", "x-kubernetes-int-or-string": true }),
      ...said({ type: "object", "x-kubernetes-preserve-unknown-fields": false }),
      ...said({ type: "object", "x-kubernetes-embedded-resource": true }),
      ...said({ type: "object", anyOf: [{ properties: { a: { minimum: 1 } } }] }),
      ...said({ type: "object", properties: { a: text }, not: { properties: { a: { type: "string" } } } }),
      ...said({ type: "string", default: 1 }),
      ...said({ type: "object", default: { b: 1 }, properties: { a: text } }),
      ...said({ type: "string", enum: ["a", "a"] }),
      ...said({ type: "array", items: text, "x-kubernetes-list-type": "map" }),
      ...said({ type: "array", items: { type: "object" }, "x-kubernetes-list-type": "set" }),
      ...said({ type: "object", "x-kubernetes-map-type": "other" }),
      ...validateSchema(
        { type: "object", properties: { metadata: { type: "object", required: ["labels"] } } },
        "s",
      ).map(({ path, message }) => `${path}: ${message}`),
      ...validateSchema({ additionalProperties: text }, "s").map(
        ({ path, message }) => `${path}: ${message}`,
      ),
    ]).toMatchInlineSnapshot(`
      [
        "spec.type: Required value: must not be empty for specified object fields",
        "spec.type: Unsupported value: "thing": supported values: "array", "boolean", "integer", "number", "object", "string"",
        "spec.items: Required value: must be specified",
        "spec.items: Forbidden: items must be a schema object and not an array",
        "spec.additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive",
        "spec.additionalProperties: Forbidden: additionalProperties cannot be set to false",
        "spec.minLength: Invalid value: 1.5: must be an integer",
        "spec.$ref: Forbidden: $ref is not supported",
        "spec.uniqueItems: Forbidden: uniqueItems cannot be set to true since the runtime complexity becomes quadratic",
        "spec.type: Forbidden: must be empty if x-kubernetes-int-or-string is true",
        "spec.x-kubernetes-preserve-unknown-fields: Invalid value: false: must be true or undefined",
        "spec.properties: Required value: must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields",
        "spec.properties[a]: Required value: because it is defined in s.properties[spec].anyOf[0].properties[a]",
        "spec.not.properties[a].type: Forbidden: must be empty to be structural",
        "spec.default: Invalid value: "integer": s.properties[spec].default in body must be of type string: "integer"",
        "spec.default: Invalid value: {"b":1}: must not have unknown fields: b",
        "spec.enum[1]: Duplicate value: "a"",
        "spec.x-kubernetes-list-map-keys: Required value: must not be empty if x-kubernetes-list-type is map",
        "spec.items.x-kubernetes-map-type: Invalid value: "": must be atomic as item of a list with x-kubernetes-list-type=set",
        "spec.x-kubernetes-map-type: Unsupported value: "other": supported values: "atomic", "granular"",
        "s.properties[metadata]: Forbidden: must not specify anything other than name and generateName, but metadata is implicitly specified",
        "s.type: Required value: must not be empty at the root",
        "s.additionalProperties: Forbidden: must not be used at the root",
      ]
    `);
  });

  test("takes every structural schema there is", () => {
    fc.assert(
      fc.property(anyObjectSchema, (schema) => {
        expect(validateSchema(schema, "s").filter(({ path }) => !path.endsWith("default"))).toEqual([]);
      }),
    );
  });

  test("never breaks down over what is none, nor does anything that uses what it lets through", () => {
    fc.assert(
      fc.property(anyKeywords, anyValue, (raw, value) => {
        const schema = structuredClone(raw);
        if (isObject(schema)) dropUnknownKeywords(schema, []);
        if (validateSchema(schema, "s").length > 0 || !isObject(schema) || !isObject(value)) return;
        const shaped = structuredClone(value);
        shapeObject(schema, shaped);
        validateChange(schema, shaped, value);
        duplicateItems(objectView(schema), shaped);
      }),
      { numRuns: 1000 },
    );
  });
});

/** Anything that has the words of a schema in it, more or less where they belong. */
const anyKeywords: fc.Arbitrary<unknown> = fc.letrec<{ schema: unknown }>((tie) => ({
  schema: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom<unknown>(null, true, 1, "x", [], {}),
    fc.record(
      {
        type: fc.constantFrom<unknown>("object", "object", "array", "string", "integer", "", 5),
        properties: fc.oneof(
          fc.dictionary(fc.constantFrom("a", "b", "metadata", "constructor", "__proto__"), tie("schema"), {
            maxKeys: 3,
          }),
          fc.constantFrom<unknown>([], 1),
        ),
        additionalProperties: tie("schema"),
        items: tie("schema"),
        anyOf: fc.oneof(fc.array(tie("schema"), { maxLength: 2 }), fc.constant<unknown>({})),
        not: tie("schema"),
        default: fc.jsonValue({ maxDepth: 2 }),
        enum: fc.oneof(fc.array(fc.jsonValue({ maxDepth: 1 }), { maxLength: 2 }), fc.constant<unknown>("x")),
        required: fc.constantFrom<unknown>(["a"], ["toString"], "a", [1]),
        pattern: fc.constantFrom<unknown>("^a", "[", 1),
        nullable: fc.constantFrom<unknown>(true, "x"),
        format: fc.constantFrom<unknown>("constructor", "date", 1),
        "x-kubernetes-list-type": fc.constantFrom<unknown>("map", "set", "atomic", 1),
        "x-kubernetes-list-map-keys": fc.constantFrom<unknown>(["a"], ["constructor"], "a"),
        "x-kubernetes-embedded-resource": fc.constantFrom<unknown>(true, false, 1),
        "x-kubernetes-preserve-unknown-fields": fc.constantFrom<unknown>(true, false, 1),
        other: fc.jsonValue({ maxDepth: 1 }),
      },
      { requiredKeys: [] },
    ),
  ),
})).schema;

import { builtInKinds } from "@freehold/apis";
import { expect, test } from "vitest";

import { openApiDocument } from "./document.ts";
import { openApiSchema } from "./schema.ts";

test("openApiSchema() says nullable, additionalProperties and enum instead of what OpenAPI 3.0 lacks", () => {
  const schema = {
    type: "object",
    required: ["a", "b"],
    properties: {
      a: { anyOf: [{ type: "string" }, { type: "null" }], description: "A." },
      b: { type: "boolean", default: true },
      c: { type: "object", patternProperties: { "^.*$": { type: "string", "x-message": "private" } } },
      d: { const: "x" },
    },
  };
  expect(openApiSchema(schema)).toEqual({
    type: "object",
    required: ["a"],
    properties: {
      a: { type: "string", nullable: true, description: "A." },
      b: { type: "boolean", default: true },
      c: { type: "object", additionalProperties: { type: "string" } },
      d: { type: "string", enum: ["x"] },
    },
  });
});

test("openApiDocument() refers only to schemas it has", () => {
  const text = JSON.stringify(openApiDocument(builtInKinds));
  const { components } = JSON.parse(text) as { components: { schemas: Record<string, unknown> } };
  const wanted = new Set([...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name));
  expect(
    [...wanted].filter((name) => name === undefined || !Object.hasOwn(components.schemas, name)),
  ).toEqual([]);
  expect(text).not.toMatch(/patternProperties|"null"/);
});

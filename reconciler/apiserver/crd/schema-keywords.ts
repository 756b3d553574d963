import { type FieldPath, showPath } from "@freehold/apis";

import { isObject, type JsonObject } from "../json/json-object.ts";

/** How a keyword's value holds further schemas. */
type Holds = "nothing" | "schema" | "schemas" | "named";

const KEYWORDS: Readonly<Record<string, Holds>> = {
  id: "nothing",
  $schema: "nothing",
  $ref: "nothing",
  description: "nothing",
  type: "nothing",
  format: "nothing",
  title: "nothing",
  default: "nothing",
  maximum: "nothing",
  exclusiveMaximum: "nothing",
  minimum: "nothing",
  exclusiveMinimum: "nothing",
  maxLength: "nothing",
  minLength: "nothing",
  pattern: "nothing",
  maxItems: "nothing",
  minItems: "nothing",
  uniqueItems: "nothing",
  multipleOf: "nothing",
  enum: "nothing",
  maxProperties: "nothing",
  minProperties: "nothing",
  required: "nothing",
  items: "schema",
  allOf: "schemas",
  oneOf: "schemas",
  anyOf: "schemas",
  not: "schema",
  properties: "named",
  additionalProperties: "schema",
  patternProperties: "named",
  dependencies: "nothing",
  additionalItems: "schema",
  definitions: "named",
  externalDocs: "nothing",
  example: "nothing",
  nullable: "nothing",
  "x-kubernetes-preserve-unknown-fields": "nothing",
  "x-kubernetes-embedded-resource": "nothing",
  "x-kubernetes-int-or-string": "nothing",
  "x-kubernetes-list-map-keys": "nothing",
  "x-kubernetes-list-type": "nothing",
  "x-kubernetes-map-type": "nothing",
  "x-kubernetes-validations": "nothing",
};

/** Removes from a schema, in place, what JSONSchemaProps does not have, and tells what it was; null members stand for absent ones. */
export function dropUnknownKeywords(schema: JsonObject, path: FieldPath): readonly string[] {
  const unknown: string[] = [];
  visit(schema, path, unknown);
  return unknown;
}

function visit(schema: unknown, path: FieldPath, unknown: string[]): void {
  if (!isObject(schema)) return;
  for (const [keyword, value] of Object.entries(schema)) {
    const holds = Object.hasOwn(KEYWORDS, keyword) ? KEYWORDS[keyword] : undefined;
    const at = [...path, keyword];
    if (holds === undefined) unknown.push(showPath(at));
    // Null is a default only where it is a value.
    const isValue = keyword === "example" || (keyword === "default" && schema["nullable"] === true);
    if (holds === undefined || (value === null && !isValue)) {
      delete schema[keyword];
    } else if (holds === "schema") visit(value, at, unknown);
    else if (holds === "schemas" && Array.isArray(value)) {
      value.forEach((one, i) => visit(one, [...at, i], unknown));
    } else if (holds === "named" && isObject(value)) {
      for (const [name, one] of Object.entries(value)) visit(one, [...at, name], unknown);
    }
  }
}

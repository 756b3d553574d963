import type { Problem } from "@freehold/apis";

import { isObject, type JsonObject } from "../json/json-object.ts";
import { compilePattern } from "./pattern.ts";
import {
  duplicateValue,
  forbiddenValue,
  invalidValue,
  requiredValue,
  show,
  unsupportedValue,
} from "./value-problems.ts";

const TYPES = ["array", "boolean", "integer", "number", "object", "string"];

const TEXT = [
  "type",
  "description",
  "format",
  "title",
  "pattern",
  "x-kubernetes-list-type",
  "x-kubernetes-map-type",
];
const NUMBERS = ["minimum", "maximum", "multipleOf"];
const COUNTS = ["minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"];
const FLAGS = [
  "nullable",
  "uniqueItems",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "x-kubernetes-preserve-unknown-fields",
  "x-kubernetes-embedded-resource",
  "x-kubernetes-int-or-string",
];
const TEXTS = ["required", "x-kubernetes-list-map-keys"];
const NEVER: Readonly<Record<string, string>> = {
  $ref: "$ref is not supported",
  definitions: "definitions is not supported",
  dependencies: "dependencies is not supported",
  patternProperties: "patternProperties is not supported",
  additionalItems: "additionalItems is not supported",
  id: "id is not supported",
  $schema: "$schema is not supported",
};

/** Keywords whose values are not what the keyword takes, and keywords that may not be used; everything after may trust the types. */
export function keywordProblems(raw: unknown, path: string): readonly Problem[] {
  const problems: Problem[] = [];
  visit(raw, path, problems);
  return problems;
}

function visit(schema: unknown, path: string, problems: Problem[]): void {
  if (!isObject(schema)) {
    problems.push(invalidValue(path, schema, "must be an object"));
    return;
  }
  types(schema, path, problems);
  use(schema, path, problems);
  const { properties = {} } = schema;
  if (!isObject(properties))
    problems.push(invalidValue(`${path}.properties`, properties, "must be an object"));
  else
    for (const [name, one] of Object.entries(properties)) visit(one, `${path}.properties[${name}]`, problems);
  for (const name of ["allOf", "anyOf", "oneOf"]) {
    const list = schema[name];
    if (list === undefined) continue;
    if (!Array.isArray(list)) problems.push(invalidValue(`${path}.${name}`, list, "must be an array"));
    else list.forEach((one, i) => visit(one, `${path}.${name}[${i}]`, problems));
  }
  const { items, not, additionalProperties: others } = schema;
  if (Array.isArray(items))
    problems.push(forbiddenValue(`${path}.items`, "items must be a schema object and not an array"));
  else if (items !== undefined) visit(items, `${path}.items`, problems);
  if (not !== undefined) visit(not, `${path}.not`, problems);
  if (others === false) {
    problems.push(
      forbiddenValue(`${path}.additionalProperties`, "additionalProperties cannot be set to false"),
    );
  } else if (others !== undefined && others !== true) visit(others, `${path}.additionalProperties`, problems);
}

function types(schema: JsonObject, path: string, problems: Problem[]): void {
  const check = (names: readonly string[], is: (value: unknown) => boolean, wanted: string): void => {
    for (const name of names) {
      if (schema[name] === undefined || is(schema[name])) continue;
      problems.push(invalidValue(`${path}.${name}`, schema[name], `must be ${wanted}`));
    }
  };
  check(TEXT, (value) => typeof value === "string", "a string");
  check(NUMBERS, (value) => typeof value === "number", "a number");
  check(COUNTS, Number.isInteger, "an integer");
  check(FLAGS, (value) => typeof value === "boolean", "a boolean");
  check(
    TEXTS,
    (value) => Array.isArray(value) && value.every((one) => typeof one === "string"),
    "an array of strings",
  );
  check(["enum"], Array.isArray, "an array");
  check(
    ["x-kubernetes-validations"],
    (value) => Array.isArray(value) && value.every(isRule),
    "an array of rules",
  );
}

function isRule(value: unknown): boolean {
  if (!isObject(value) || typeof value["rule"] !== "string") return false;
  const { optionalOldSelf = false } = value;
  const isText = (name: string): boolean => ["undefined", "string"].includes(typeof value[name]);
  return (
    ["message", "messageExpression", "reason", "fieldPath"].every(isText) &&
    typeof optionalOldSelf === "boolean"
  );
}

function use(schema: JsonObject, path: string, problems: Problem[]): void {
  for (const [name, why] of Object.entries(NEVER)) {
    if (schema[name] !== undefined) problems.push(forbiddenValue(`${path}.${name}`, why));
  }
  const { type, pattern, uniqueItems, enum: allowed } = schema;
  if (typeof type === "string" && type !== "" && !TYPES.includes(type)) {
    problems.push(unsupportedValue(`${path}.type`, type, TYPES));
  }
  if (type === "") problems.push(requiredValue(`${path}.type`, "must not be empty"));
  if (uniqueItems === true) {
    const why = "uniqueItems cannot be set to true since the runtime complexity becomes quadratic";
    problems.push(forbiddenValue(`${path}.uniqueItems`, why));
  }
  if (typeof pattern === "string") patternProblem(pattern, `${path}.pattern`, problems);
  if (!Array.isArray(allowed)) return;
  allowed.forEach((one, i) => {
    const isDouble = allowed.slice(0, i).some((other) => show(other) === show(one));
    if (isDouble) problems.push(duplicateValue(`${path}.enum[${i}]`, one));
  });
}

function patternProblem(pattern: string, path: string, problems: Problem[]): void {
  try {
    compilePattern(pattern);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    problems.push(
      invalidValue(path, pattern, `must be a valid regular expression, but isn't: ${error.message}`),
    );
  }
}

import type { Problem } from "@freehold/apis";

import { isObject } from "../json/json-object.ts";
import { defaultProblems } from "./default-problems.ts";
import { keywordProblems } from "./keyword-problems.ts";
import { listAndMapProblems } from "./list-map-problems.ts";
import { asSchema, type Schema } from "./structural-schema.ts";
import { forbiddenValue, invalidValue, requiredValue } from "./value-problems.ts";

/**
 * Whether a schema is structural, that is: says of every field by its type what it is, so that pruning, defaulting and ownership need
 * no more than one walk. The rules and texts are apiextensions.k8s.io/v1's.
 */
export function validateSchema(raw: unknown, path: string): readonly Problem[] {
  const malformed = keywordProblems(raw, path);
  if (malformed.length > 0) return malformed;
  const schema = asSchema(raw);
  const problems: Problem[] = [];
  root(schema, path, problems);
  structural(schema, { path, level: "root" }, problems);
  if (problems.length > 0) return problems;
  return [...defaultProblems(schema, path), ...listAndMapProblems(schema, path)];
}

interface Place {
  readonly path: string;
  readonly level: "root" | "field" | "item";
}

function root(schema: Schema, path: string, problems: Problem[]): void {
  if (schema.type === undefined || schema.type === "") {
    problems.push(requiredValue(`${path}.type`, "must not be empty at the root"));
  } else if (schema.type !== "object") {
    problems.push(invalidValue(`${path}.type`, schema.type, "must be object at the root"));
  }
  if (schema.additionalProperties !== undefined) {
    problems.push(forbiddenValue(`${path}.additionalProperties`, "must not be used at the root"));
  }
  if (schema.nullable === true)
    problems.push(forbiddenValue(`${path}.nullable`, "nullable cannot be true at the root"));
  metadata(schema, path, problems);
}

/** Names may be restricted further; all else of metadata is the same for every kind. */
function metadata({ properties = {} }: Schema, path: string, problems: Problem[]): void {
  const { metadata: schema } = properties;
  if (!schema) return;
  const { type, properties: named = {}, description: _, ...others } = schema;
  const isPlain =
    (type === undefined || type === "object") &&
    Object.keys(others).length === 0 &&
    Object.keys(named).every((name) => name === "name" || name === "generateName");
  if (isPlain) return;
  const why =
    "must not specify anything other than name and generateName, but metadata is implicitly specified";
  problems.push(forbiddenValue(`${path}.properties[metadata]`, why));
}

const EMPTY_FIELD = "must not be empty for specified object fields";
const EMPTY_ITEM = "must not be empty for specified array items";

function structural(schema: Schema, { path, level }: Place, problems: Problem[]): void {
  const isOpen = schema["x-kubernetes-preserve-unknown-fields"] === true;
  const isIntOrString = schema["x-kubernetes-int-or-string"] === true;
  if (schema.type === undefined && !isOpen && !isIntOrString && level !== "root") {
    problems.push(requiredValue(`${path}.type`, level === "item" ? EMPTY_ITEM : EMPTY_FIELD));
  }
  if (isIntOrString && schema.type !== undefined) {
    const why = "must be empty if x-kubernetes-int-or-string is true";
    problems.push(forbiddenValue(`${path}.type`, why));
  }
  extensions(schema, path, problems);
  const { properties = {}, additionalProperties, items } = schema;
  if (additionalProperties !== undefined && Object.keys(properties).length > 0) {
    const why = "additionalProperties and properties are mutual exclusive";
    problems.push(forbiddenValue(`${path}.additionalProperties`, why));
  }
  for (const [name, member] of Object.entries(properties)) {
    if (level === "root" && name === "metadata") continue;
    structural(member, { path: `${path}.properties[${name}]`, level: "field" }, problems);
  }
  if (typeof additionalProperties === "object") {
    structural(additionalProperties, { path: `${path}.additionalProperties`, level: "field" }, problems);
  }
  if (schema.type === "array" && !items) problems.push(requiredValue(`${path}.items`, "must be specified"));
  if (items) structural(items, { path: `${path}.items`, level: "item" }, problems);
  junctors(schema, path, (inner, at) =>
    valueRules(inner, { path: at, structure: schema, home: path }, problems),
  );
}

function extensions(schema: Schema, path: string, problems: Problem[]): void {
  const isOpen = schema["x-kubernetes-preserve-unknown-fields"] === true;
  if (schema["x-kubernetes-preserve-unknown-fields"] === false) {
    problems.push(
      invalidValue(`${path}.x-kubernetes-preserve-unknown-fields`, false, "must be true or undefined"),
    );
  }
  if (schema["x-kubernetes-embedded-resource"] !== true) return;
  if (schema.type !== "object") {
    const why = "must be object if x-kubernetes-embedded-resource is true";
    problems.push(invalidValue(`${path}.type`, schema.type ?? "", why));
  }
  if (!isOpen && Object.keys(schema.properties ?? {}).length === 0) {
    const why =
      "must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields";
    problems.push(requiredValue(`${path}.properties`, why));
  }
}

function junctors(schema: Schema, path: string, each: (schema: Schema, path: string) => void): void {
  for (const junctor of ["allOf", "anyOf", "oneOf"] as const) {
    schema[junctor]?.forEach((one, i) => each(one, `${path}.${junctor}[${i}]`));
  }
  if (schema.not) each(schema.not, `${path}.not`);
}

/** What says how objects are built, and therefore may stand outside of allOf, anyOf, oneOf and not only. */
const STRUCTURE = [
  "type",
  "additionalProperties",
  "default",
  "nullable",
  "title",
  "description",
  "x-kubernetes-preserve-unknown-fields",
  "x-kubernetes-embedded-resource",
  "x-kubernetes-int-or-string",
  "x-kubernetes-list-type",
  "x-kubernetes-list-map-keys",
  "x-kubernetes-map-type",
] as const;

interface RulePlace {
  readonly path: string;
  /** The schema around that says how the value is built, and where that stands. */
  readonly structure: Schema;
  readonly home: string;
}

function valueRules(schema: Schema, { path, structure, home }: RulePlace, problems: Problem[]): void {
  const isIntOrString = structure["x-kubernetes-int-or-string"] === true;
  for (const keyword of STRUCTURE) {
    if (schema[keyword] === undefined || (keyword === "type" && isIntOrString)) continue;
    problems.push(forbiddenValue(`${path}.${keyword}`, "must be empty to be structural"));
  }
  const { properties = {}, items } = schema;
  for (const [name, rules] of Object.entries(properties)) {
    const at = `${path}.properties[${name}]`;
    const known = structure.properties?.[name] ?? structure.additionalProperties;
    const inner = {
      path: at,
      structure: isObject(known) ? asSchema(known) : {},
      home: `${home}.properties[${name}]`,
    };
    if (!isObject(known)) problems.push(requiredValue(inner.home, `because it is defined in ${at}`));
    else valueRules(rules, inner, problems);
  }
  if (items) {
    const inner = { path: `${path}.items`, structure: structure.items ?? {}, home: `${home}.items` };
    if (!structure.items) problems.push(requiredValue(inner.home, `because it is defined in ${inner.path}`));
    else valueRules(items, inner, problems);
  }
  junctors(schema, path, (inner, at) => valueRules(inner, { path: at, structure, home }, problems));
}

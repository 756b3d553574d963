import type { Problem } from "@freehold/apis";

import { equalJson } from "../json/equal-json.ts";
import { isObject, type JsonObject } from "../json/json-object.ts";
import { oldItems } from "./old-items.ts";
import { numberProblems, textProblems } from "./scalar-rules.ts";
import { memberSchema, type Schema } from "./structural-schema.ts";
import {
  invalidValue,
  requiredValue,
  tooMany,
  typeName,
  unsupportedValue,
  wrongType,
} from "./value-problems.ts";

/** What a value breaks of its schema. */
export function validateValue(schema: Schema, value: unknown, path = ""): readonly Problem[] {
  const problems: Problem[] = [];
  visit({ schema, value, old: undefined, path }, problems);
  return problems;
}

/**
 * The same for a value that replaces another. What did not change is no fault of the write, however the schema may have become stricter
 * meanwhile ("ratcheting").
 */
export function validateChange(schema: Schema, value: unknown, old: unknown, path = ""): readonly Problem[] {
  const problems: Problem[] = [];
  visit({ schema, value, old, path }, problems);
  return problems;
}

interface Place {
  readonly schema: Schema;
  readonly value: unknown;
  /** What was there; undefined when nothing was or it is not known which. */
  readonly old: unknown;
  readonly path: string;
}

function visit(place: Place, problems: Problem[]): void {
  const { schema, value, old, path } = place;
  if (old !== undefined && equalJson(value, old)) return;
  if (value === null && schema.nullable === true) return;
  const wanted = wantedType(schema);
  if (wanted !== undefined && !isOfType(value, wanted)) {
    problems.push(wrongType(path, value, wanted));
    return;
  }
  alternatives(place, problems);
  if (schema.enum && !schema.enum.some((allowed) => equalJson(allowed, value))) {
    problems.push(unsupportedValue(path, value, schema.enum));
  }
  if (typeof value === "string") problems.push(...textProblems(schema, value, path));
  else if (typeof value === "number") problems.push(...numberProblems(schema, value, path));
  else if (Array.isArray(value)) visitItems(place, value, problems);
  else if (isObject(value)) visitMembers(place, value, problems);
}

function wantedType(schema: Schema): string | undefined {
  return schema["x-kubernetes-int-or-string"] === true ? "integer,string" : schema.type;
}

function isOfType(value: unknown, wanted: string): boolean {
  const found = typeName(value);
  if (wanted === "number") return found === "integer" || found === "number";
  return wanted.split(",").includes(found);
}

function visitItems({ schema, old, path }: Place, items: readonly unknown[], problems: Problem[]): void {
  const { minItems, maxItems, items: itemSchema } = schema;
  if (minItems !== undefined && items.length < minItems) {
    problems.push(invalidValue(path, items.length, `${path} in body should have at least ${minItems} items`));
  }
  if (maxItems !== undefined && items.length > maxItems) problems.push(tooMany(path, items.length, maxItems));
  if (!itemSchema) return;
  const before = oldItems(schema, old);
  items.forEach((value, i) =>
    visit({ schema: itemSchema, value, old: before(value), path: `${path}[${i}]` }, problems),
  );
}

function visitMembers({ schema, old, path }: Place, object: JsonObject, problems: Problem[]): void {
  const { minProperties, maxProperties, required = [] } = schema;
  const below = (name: string): string => (path === "" ? name : `${path}.${name}`);
  const names = Object.keys(object);
  if (minProperties !== undefined && names.length < minProperties) {
    const why = `${path} in body should have at least ${minProperties} properties`;
    problems.push(invalidValue(path, minProperties, why));
  }
  if (maxProperties !== undefined && names.length > maxProperties) {
    problems.push(tooMany(path, names.length, maxProperties));
  }
  for (const name of required) {
    if (!Object.hasOwn(object, name)) problems.push(requiredValue(below(name)));
  }
  if (schema["x-kubernetes-embedded-resource"] === true) embedded(object, below, problems);
  const before = isObject(old) ? old : {};
  for (const name of names) {
    const known = memberSchema(schema, name);
    if (!known) continue;
    const was = Object.hasOwn(before, name) ? before[name] : undefined;
    visit({ schema: known, value: object[name], old: was, path: below(name) }, problems);
  }
}

function embedded(object: JsonObject, below: (name: string) => string, problems: Problem[]): void {
  for (const name of ["apiVersion", "kind"]) {
    if (typeof object[name] === "string" && object[name] !== "") continue;
    problems.push(requiredValue(below(name), "must not be empty"));
  }
}

function alternatives(place: Place, problems: Problem[]): void {
  const { schema, path } = place;
  const { allOf, anyOf, oneOf, not } = schema;
  const name = JSON.stringify(path);
  if (anyOf) {
    const tried = tryAll(place, anyOf);
    if (!tried.some(isClean))
      problems.push(broken(`${name} must validate at least one schema (anyOf)`), ...nearest(tried));
  }
  if (oneOf) {
    const tried = tryAll(place, oneOf);
    const valid = tried.filter(isClean).length;
    const rule = `${name} must validate one and only one schema (oneOf). Found`;
    if (valid === 0) problems.push(broken(`${rule} none valid`), ...nearest(tried));
    else if (valid > 1) problems.push(broken(`${rule} ${valid} valid alternatives`));
  }
  if (allOf) {
    const tried = tryAll(place, allOf);
    const said = tried.some(isClean) ? "" : ". None validated";
    if (!tried.every(isClean)) {
      problems.push(...tried.flat(), broken(`${name} must validate all the schemas (allOf)${said}`));
    }
  }
  if (not && tryAll(place, [not]).every(isClean)) {
    problems.push(broken(`${name} must not validate the schema (not)`));
  }
}

function tryAll(place: Place, schemas: readonly Schema[]): readonly (readonly Problem[])[] {
  return schemas.map((schema) => {
    const problems: Problem[] = [];
    // The old value says nothing here: what did not change counts towards what the whole is.
    visit({ ...place, schema, old: undefined }, problems);
    return problems;
  });
}

const isClean = (problems: readonly Problem[]): boolean => problems.length === 0;

/** What the alternative lacks that comes closest. */
function nearest(tried: readonly (readonly Problem[])[]): readonly Problem[] {
  return tried.reduce((best, one) => (one.length < best.length ? one : best));
}

/** kube-apiserver has no path for these, and says so. */
function broken(rule: string): Problem {
  return { path: "<nil>", reason: "FieldValueInvalid", message: `Invalid value: "": ${rule}` };
}

import type { ObjectMeta, OwnerReference, Problem } from "@freehold/apis";

import { isObject, type JsonObject } from "../json/json-object.ts";

/** Metadata as a client sent it, reduced to what ObjectMeta knows. */
export interface ReadMeta {
  readonly meta: ObjectMeta;
  readonly unknownFields: readonly string[];
  readonly problems: readonly Problem[];
}

type Shape = "text" | "whole" | "texts" | "textMap" | "owners" | "managers";

const SHAPES: Readonly<Record<string, Shape>> = {
  name: "text",
  namespace: "text",
  generateName: "text",
  uid: "text",
  resourceVersion: "text",
  selfLink: "text",
  creationTimestamp: "text",
  deletionTimestamp: "text",
  generation: "whole",
  deletionGracePeriodSeconds: "whole",
  labels: "textMap",
  annotations: "textMap",
  finalizers: "texts",
  ownerReferences: "owners",
  managedFields: "managers",
};

/** Reads metadata member by member; a null member counts as absent, an empty collection is dropped. */
export function readMeta(raw: unknown): ReadMeta {
  const problems: Problem[] = [];
  const unknownFields: string[] = [];
  const meta: JsonObject = {};
  if (raw !== undefined && raw !== null && !isObject(raw)) {
    problems.push(typeProblem("metadata", raw, "object"));
  }
  for (const [name, value] of Object.entries(isObject(raw) ? raw : {})) {
    const shape = Object.hasOwn(SHAPES, name) ? SHAPES[name] : undefined;
    if (!shape) unknownFields.push(`metadata.${name}`);
    else if (value !== null && value !== undefined && !isEmpty(shape, value)) {
      problems.push(...check(shape, `metadata.${name}`, value));
      meta[name] = value;
    }
  }
  delete meta["selfLink"];
  const { name, ...rest } = meta;
  return { meta: { ...rest, name: typeof name === "string" ? name : "" }, unknownFields, problems };
}

/** Nothing of the right sort; of another sort it is wrong, however empty. */
function isEmpty(shape: Shape, value: unknown): boolean {
  if (shape === "text" || shape === "whole") return value === "";
  if (shape === "textMap") return isObject(value) && Object.keys(value).length === 0;
  return Array.isArray(value) && value.length === 0;
}

function check(shape: Shape, path: string, value: unknown): readonly Problem[] {
  switch (shape) {
    case "text":
      return typeof value === "string" ? [] : [typeProblem(path, value, "string")];
    case "whole":
      return Number.isInteger(value) ? [] : [typeProblem(path, value, "integer")];
    case "texts":
      return isListOf(value, (item) => typeof item === "string")
        ? []
        : [typeProblem(path, value, "array of strings")];
    case "textMap":
      return checkMap(path, value);
    case "owners":
      return isListOf(value, isOwnerReference)
        ? []
        : [typeProblem(path, value, "array of { apiVersion, kind, name, uid }")];
    case "managers":
      return isListOf(value, isObject) ? [] : [typeProblem(path, value, "array of objects")];
  }
}

function checkMap(path: string, value: unknown): readonly Problem[] {
  if (!isObject(value)) return [typeProblem(path, value, "object")];
  return Object.entries(value).flatMap(([key, member]) =>
    typeof member === "string" ? [] : [typeProblem(`${path}[${key}]`, member, "string")],
  );
}

function isListOf(value: unknown, is: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(is);
}

function isOwnerReference(value: unknown): value is OwnerReference {
  if (!isObject(value)) return false;
  return ["apiVersion", "kind", "name", "uid"].every(
    (name) => typeof value[name] === "string" && value[name] !== "",
  );
}

function typeProblem(path: string, found: unknown, wanted: string): Problem {
  const message = `Invalid value: ${JSON.stringify(found)}: must be of type ${wanted}`;
  return { path, reason: "FieldValueTypeInvalid", message };
}

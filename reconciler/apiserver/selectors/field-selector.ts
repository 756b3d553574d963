import type { Kind, Resource } from "@freehold/apis";

import { badRequest } from "../errors/request-errors.ts";
import { at } from "../json/json-object.ts";

interface Requirement {
  readonly field: string;
  readonly value: string;
  readonly equal: boolean;
}

export interface FieldSelector {
  matches(resource: Resource): boolean;
  /** The one name that can match, when the selector says so; authorization asks for it. */
  readonly name: string | undefined;
}

/** Parses `metadata.name=x,spec.machine!=y` against what the kind offers. Throws 400 on any other field. */
export function parseFieldSelector(text: string, kind: Kind): FieldSelector {
  const requirements = text
    .split(/(?<!\\),/)
    .filter((part) => part !== "")
    .map((part) => parseRequirement(part, text));
  const known = new Set(["metadata.name", "metadata.namespace", ...kind.selectableFields]);
  for (const { field } of requirements) {
    if (!known.has(field)) throw badRequest(`field label not supported: ${field}`);
  }
  return {
    matches: (resource) =>
      requirements.every(({ field, value, equal }) => (fieldOf(resource, field) === value) === equal),
    name: requirements.find(({ field, equal }) => equal && field === "metadata.name")?.value,
  };
}

function parseRequirement(part: string, text: string): Requirement {
  const [, field, sign, value] = /^([^=!]+?)(==|=|!=)(.*)$/.exec(part) ?? [];
  if (field === undefined || value === undefined) {
    throw badRequest(`invalid selector: "${text}"; can't understand "${part}"`);
  }
  return { field: field.trim(), value: value.replaceAll(/\\(.)/g, "$1").trim(), equal: sign !== "!=" };
}

/** A missing field selects as the empty string. */
function fieldOf(resource: Resource, field: string): string {
  const value = at(resource, ...field.split("."));
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : "";
}

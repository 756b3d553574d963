import { badRequest } from "../errors/request-errors.ts";

type Requirement =
  | { readonly operator: "in" | "notin"; readonly key: string; readonly values: readonly string[] }
  | { readonly operator: "exists" | "absent"; readonly key: string };

/** A predicate over labels. */
export type LabelSelector = (labels: Readonly<Record<string, string>> | undefined) => boolean;

const KEY = "(?:[a-zA-Z0-9.-]+/)?[a-zA-Z0-9](?:[-a-zA-Z0-9_.]*[a-zA-Z0-9])?";
const VALUE = "[-a-zA-Z0-9_.]*";
const SET = new RegExp(`^(${KEY})\\s+(in|notin)\\s+\\(\\s*(${VALUE}(?:\\s*,\\s*${VALUE})*)\\s*\\)$`);
const EQUALITY = new RegExp(`^(${KEY})\\s*(==|=|!=)\\s*(${VALUE})$`);
const EXISTENCE = new RegExp(`^(!?)\\s*(${KEY})$`);

/** Parses `a=b,c!=d,e in (f,g),h notin (i),j,!k`. Throws 400. */
export function parseLabelSelector(text: string): LabelSelector {
  const requirements = splitOutsideParentheses(text).map((part) => parseRequirement(part, text));
  return (labels = {}) => requirements.every((requirement) => holds(requirement, labels));
}

function parseRequirement(part: string, text: string): Requirement {
  const [, setKey, operator, values] = SET.exec(part) ?? [];
  if (setKey !== undefined && values?.trim() === "") {
    throw badRequest(
      `unable to parse requirement: the values of "${part}" are empty in label selector "${text}"`,
    );
  }
  if (setKey !== undefined && values !== undefined) {
    const list = values.split(",").map((value) => value.trim());
    return { operator: operator === "in" ? "in" : "notin", key: setKey, values: list };
  }
  const [, key, sign, value] = EQUALITY.exec(part) ?? [];
  if (key !== undefined && value !== undefined) {
    return { operator: sign === "!=" ? "notin" : "in", key, values: [value] };
  }
  const [, not, name] = EXISTENCE.exec(part) ?? [];
  if (name !== undefined) return { operator: not ? "absent" : "exists", key: name };
  throw badRequest(`unable to parse requirement: found "${part}" in label selector "${text}"`);
}

function holds(requirement: Requirement, labels: Readonly<Record<string, string>>): boolean {
  const value = Object.hasOwn(labels, requirement.key) ? labels[requirement.key] : undefined;
  switch (requirement.operator) {
    case "in":
      return value !== undefined && requirement.values.includes(value);
    case "notin":
      return value === undefined || !requirement.values.includes(value);
    case "exists":
      return value !== undefined;
    case "absent":
      return value === undefined;
  }
}

function splitOutsideParentheses(text: string): readonly string[] {
  return text
    .split(/,(?![^(]*\))/)
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

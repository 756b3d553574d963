import { isFields } from "../json.ts";
import { yamlScalar } from "./yaml-scalar.ts";

/**
 * YAML of a JSON value exactly as kubectl writes it (Go's yaml.v2 in block style): lists are not indented below their name, long lines
 * are not folded. Members keep their order.
 */
export function yamlText(value: unknown): string {
  return `${block(value, 0)}\n`;
}

/** Lines of a value whose first line begins where the caller is; further ones are indented. */
function block(value: unknown, indent: number): string {
  const margin = `\n${" ".repeat(indent)}`;
  if (Array.isArray(value)) {
    if (value.length === 0) return "[]";
    return value.map((item) => `- ${block(item, indent + 2)}`).join(margin);
  }
  if (isFields(value)) {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    if (members.length === 0) return "{}";
    return members
      .map(([name, member]) => `${yamlScalar(name, "key")}:${below(member, indent)}`)
      .join(margin);
  }
  return scalar(value, indent);
}

function below(value: unknown, indent: number): string {
  const isOpen = Array.isArray(value) ? value.length > 0 : isFields(value) && Object.keys(value).length > 0;
  if (!isOpen) return ` ${Array.isArray(value) ? "[]" : isFields(value) ? "{}" : scalar(value, indent + 2)}`;
  const deeper = Array.isArray(value) ? indent : indent + 2;
  return `\n${" ".repeat(deeper)}${block(value, deeper)}`;
}

function scalar(value: unknown, indent: number): string {
  return typeof value === "string" ? yamlScalar(value, indent) : JSON.stringify(value ?? null);
}

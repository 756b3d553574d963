import type { Problem } from "@freehold/apis";

/** Failures of single values in the words of kube-apiserver: clients match on them, and people search for them. */

export function invalidValue(path: string, value: unknown, why: string): Problem {
  return { path, reason: "FieldValueInvalid", message: `Invalid value: ${show(value)}: ${why}` };
}

export function requiredValue(path: string, why = ""): Problem {
  return { path, reason: "FieldValueRequired", message: `Required value${why && `: ${why}`}` };
}

export function forbiddenValue(path: string, why: string): Problem {
  return { path, reason: "FieldValueForbidden", message: `Forbidden: ${why}` };
}

export function duplicateValue(path: string, value: unknown): Problem {
  return { path, reason: "FieldValueDuplicate", message: `Duplicate value: ${show(value)}` };
}

export function unsupportedValue(path: string, value: unknown, allowed: readonly unknown[]): Problem {
  const supported = allowed.map(show).join(", ");
  return {
    path,
    reason: "FieldValueNotSupported",
    message: `Unsupported value: ${show(value)}: supported values: ${supported}`,
  };
}

export function wrongType(path: string, found: unknown, wanted: string): Problem {
  const type = JSON.stringify(typeName(found));
  const message = `Invalid value: ${type}: ${path} in body must be of type ${wanted}: ${type}`;
  return { path, reason: "FieldValueTypeInvalid", message };
}

export function tooLong(path: string, most: number): Problem {
  return { path, reason: "FieldValueTooLong", message: `Too long: may not be more than ${most} bytes` };
}

export function tooMany(path: string, found: number, most: number): Problem {
  return {
    path,
    reason: "FieldValueTooMany",
    message: `Too many: ${found}: must have at most ${most} items`,
  };
}

/** JSON's name for a value's type; whole numbers are integers. */
export function typeName(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value;
}

export function show(value: unknown): string {
  return JSON.stringify(value) ?? "null";
}

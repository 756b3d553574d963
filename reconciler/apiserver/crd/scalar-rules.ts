import type { Problem } from "@freehold/apis";

import { hasFormat } from "./formats.ts";
import { matchesPattern } from "./pattern.ts";
import type { Schema } from "./structural-schema.ts";
import { invalidValue, tooLong } from "./value-problems.ts";

/** What a schema says of a text. Of length and pattern only the first that fails counts, so that no pattern meets a text that is too long. */
export function textProblems(schema: Schema, text: string, path: string): readonly Problem[] {
  const { format } = schema;
  const problem = lengthProblem(schema, text, path) ?? patternProblem(schema, text, path);
  const problems = problem ? [problem] : [];
  if (format === undefined || hasFormat(format, text)) return problems;
  const why = `${path} in body must be of type ${format}: ${JSON.stringify(text)}`;
  return [...problems, invalidValue(path, text, why)];
}

function lengthProblem({ minLength, maxLength }: Schema, text: string, path: string): Problem | undefined {
  if (maxLength !== undefined && lengthOf(text) > maxLength) return tooLong(path, maxLength);
  if (minLength === undefined || lengthOf(text) >= minLength) return undefined;
  return invalidValue(path, text, `${path} in body should be at least ${minLength} chars long`);
}

function patternProblem({ pattern = "" }: Schema, text: string, path: string): Problem | undefined {
  if (pattern === "" || matchesPattern(pattern, text)) return undefined;
  return invalidValue(path, text, `${path} in body should match '${pattern}'`);
}

/** What a schema says of a number. */
export function numberProblems(schema: Schema, value: number, path: string): readonly Problem[] {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  const problems: Problem[] = [];
  const say = (rule: string): void =>
    void problems.push(invalidValue(path, value, `${path} in body should be ${rule}`));
  if (maximum !== undefined && (exclusiveMaximum === true ? value >= maximum : value > maximum)) {
    say(`less than ${exclusiveMaximum === true ? "" : "or equal to "}${maximum}`);
  }
  if (minimum !== undefined && (exclusiveMinimum === true ? value <= minimum : value < minimum)) {
    say(`greater than ${exclusiveMinimum === true ? "" : "or equal to "}${minimum}`);
  }
  if (multipleOf !== undefined && !isMultiple(value, multipleOf)) say(`a multiple of ${multipleOf}`);
  return problems;
}

/** Characters, not UTF-16 units; the shortcut is right for all that can be within the bounds either way. */
function lengthOf(text: string): number {
  return /[\ud800-\udbff]/.test(text) ? Array.from(text).length : text.length;
}

/** 0.3 is a multiple of 0.1, whatever binary fractions say. */
function isMultiple(value: number, of: number): boolean {
  const times = value / of;
  return Math.abs(times - Math.round(times)) < 1e-9;
}

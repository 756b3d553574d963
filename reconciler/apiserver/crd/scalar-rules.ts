import type { Problem } from "@freehold/apis";

import { hasFormat } from "./formats.ts";
import { matchesPattern } from "./pattern.ts";
import type { Schema } from "./structural-schema.ts";
import { invalidValue, tooLong } from "./value-problems.ts";

/** What a schema says of a text. */
export function textProblems(schema: Schema, text: string, path: string): readonly Problem[] {
  const { minLength, maxLength, pattern, format } = schema;
  const problems: Problem[] = [];
  if (maxLength !== undefined && lengthOf(text) > maxLength) problems.push(tooLong(path, maxLength));
  if (minLength !== undefined && lengthOf(text) < minLength) {
    problems.push(invalidValue(path, text, `${path} in body should be at least ${minLength} chars long`));
  }
  if (pattern !== undefined && pattern !== "" && !matchesPattern(pattern, text)) {
    problems.push(invalidValue(path, text, `${path} in body should match '${pattern}'`));
  }
  if (format !== undefined && !hasFormat(format, text)) {
    const why = `${path} in body must be of type ${format}: ${JSON.stringify(text)}`;
    problems.push(invalidValue(path, text, why));
  }
  return problems;
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

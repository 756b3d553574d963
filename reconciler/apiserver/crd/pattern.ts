import { RE2JS } from "re2js";

const compiled = new Map<string, RE2JS>();
/** More patterns than any set of definitions has; what a client could make grow is bounded. */
const MOST = 10_000;

/**
 * Whether a pattern is found in the text, by RE2's syntax and in linear time: patterns come with definitions and texts with objects, and
 * neither may hold up the server. Throws Error for what is no pattern.
 */
export function matchesPattern(pattern: string, text: string): boolean {
  return compilePattern(pattern).matcher(text).find();
}

export function compilePattern(pattern: string): RE2JS {
  const known = compiled.get(pattern);
  if (known) return known;
  const made = RE2JS.compile(pattern);
  if (compiled.size >= MOST) compiled.clear();
  compiled.set(pattern, made);
  return made;
}

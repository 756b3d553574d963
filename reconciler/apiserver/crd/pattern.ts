type Engine = (typeof import("./re2.ts"))["RE2JS"];
type Pattern = ReturnType<Engine["compile"]>;

const compiled = new Map<string, Pattern>();
/** More patterns than any set of definitions has; what a client could make grow is bounded. */
const MOST = 10_000;

let engine: Engine | undefined;

/** Loads what the functions below need: three megabytes that a server without definitions goes without. */
export async function loadPatterns(): Promise<void> {
  engine ??= (await import("./re2.ts")).RE2JS;
}

/**
 * Whether a pattern is found in the text, by RE2's syntax and in linear time: patterns come with definitions and texts with objects, and
 * neither may hold up the server. Throws Error for what is no pattern.
 */
export function matchesPattern(pattern: string, text: string): boolean {
  return compilePattern(pattern).matcher(text).find();
}

export function compilePattern(pattern: string): Pattern {
  const known = compiled.get(pattern);
  if (known) return known;
  if (!engine) throw new Error(`Cannot compile pattern "${pattern}": patterns are not loaded`);
  const made = engine.compile(pattern);
  if (compiled.size >= MOST) compiled.clear();
  compiled.set(pattern, made);
  return made;
}

import { canonicalJson } from "../json/canonical-json.ts";
import { compareText } from "../json/compare-text.ts";
import { isObject } from "../json/json-object.ts";

/**
 * One step of a path as FieldsV1 writes it: `f:<name>` a member, `k:<json>` an item by its keys, `v:<json>` a member of a set,
 * `i:<n>` an index. Equal steps have equal texts: keys are sorted, JSON is canonical.
 */
export function memberElement(name: string): string {
  return `f:${name}`;
}

export function valueElement(value: unknown): string {
  return `v:${canonicalJson(value)}`;
}

/** Keys with their values, sorted by key. */
export function keyElement(keys: readonly (readonly [name: string, value: unknown])[]): string {
  return `k:{${keys.map(([name, value]) => `${JSON.stringify(name)}:${canonicalJson(value)}`).join(",")}}`;
}

/** The member's name of an `f:` element; undefined for others. */
export function memberNameOf(element: string): string | undefined {
  return element.startsWith("f:") ? element.slice(2) : undefined;
}

/** An element from outside in its one form; undefined when it is none. */
export function readElement(text: string): string | undefined {
  switch (text.slice(0, 2)) {
    case "f:":
      return text;
    case "i:":
      return /^i:(0|[1-9]\d{0,14})$/.test(text) ? text : undefined;
    case "v:":
    case "k:":
      return readJsonElement(text);
    default:
      return undefined;
  }
}

function readJsonElement(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text.slice(2));
    if (text.startsWith("v:")) return valueElement(value);
    return isObject(value) && Object.keys(value).length > 0 ? `k:${canonicalJson(value)}` : undefined;
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}

/** As conflicts name it: `.name`, `[port=80,protocol="TCP"]`, `[="x"]`, `[0]`. */
export function showElement(element: string): string {
  const rest = element.slice(2);
  switch (element.charAt(0)) {
    case "f":
      return `.${rest}`;
    case "k":
      return `[${entriesOf(rest)
        .map(([name, value]) => `${name}=${canonicalJson(value)}`)
        .join(",")}]`;
    case "v":
      return `[=${rest}]`;
    default:
      return `[${rest}]`;
  }
}

/** Members before keys before values before indexes; within, by name, by keys and their values, by value, by number. */
export function compareElements(a: string, b: string): number {
  const rank = RANKS.indexOf(a.charAt(0)) - RANKS.indexOf(b.charAt(0));
  if (rank !== 0 || a === b) return rank;
  switch (a.charAt(0)) {
    case "k":
      return compareEntries(entriesOf(a.slice(2)), entriesOf(b.slice(2)));
    case "v":
      return compareValues(JSON.parse(a.slice(2)), JSON.parse(b.slice(2)));
    case "i":
      return Number(a.slice(2)) - Number(b.slice(2));
    default:
      return compareText(a, b);
  }
}

const RANKS = ".fkvi";

function entriesOf(json: string): readonly (readonly [string, unknown])[] {
  const value: unknown = JSON.parse(json);
  return isObject(value) ? Object.entries(value).sort(([a], [b]) => compareText(a, b)) : [];
}

function compareEntries(
  a: readonly (readonly [string, unknown])[],
  b: readonly (readonly [string, unknown])[],
): number {
  for (const [i, [name, value]] of a.entries()) {
    const other = b[i];
    if (!other) return 1;
    const order = compareText(name, other[0]) || compareValues(value, other[1]);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** Numbers before texts before booleans before lists before maps before null. */
function compareValues(a: unknown, b: unknown): number {
  const kind = kindOf(a) - kindOf(b);
  if (kind !== 0) return kind;
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a === "boolean" && typeof b === "boolean") return Number(a) - Number(b);
  if (typeof a === "string" && typeof b === "string") return compareText(a, b);
  return compareText(canonicalJson(a), canonicalJson(b));
}

function kindOf(value: unknown): number {
  if (value === null) return KINDS.length;
  return KINDS.indexOf(Array.isArray(value) ? "list" : typeof value);
}

const KINDS = ["number", "string", "boolean", "list", "object"];

import type { Environment } from "@marcbachmann/cel-js";

import { compilePattern, matchesPattern } from "../pattern.ts";

/** The functions on texts that Kubernetes has beside CEL's own. */
export function addTextFunctions(environment: Environment): void {
  environment
    .registerFunction("string.matchez(string): bool", (text: string, pattern: string) =>
      matchesPattern(pattern, text),
    )
    .registerFunction("string.charAt(int): string", charAt)
    .registerFunction("string.replace(string, string): string", (text: string, from: string, to: string) =>
      text.replaceAll(from, () => to),
    )
    .registerFunction("string.replace(string, string, int): string", replaceSome)
    .registerFunction("string.reverse(): string", (text: string) => Array.from(text).toReversed().join(""))
    .registerFunction(
      "string.find(string): string",
      (text: string, pattern: string) => find(text, pattern, 1)[0] ?? "",
    )
    .registerFunction("string.findAll(string): list<string>", (text: string, pattern: string) =>
      find(text, pattern, Infinity),
    )
    .registerFunction(
      "string.findAll(string, int): list<string>",
      (text: string, pattern: string, most: bigint) =>
        find(text, pattern, most < 0n ? Infinity : Number(most)),
    )
    .registerFunction("string.format(list): string", format);
}

function charAt(text: string, index: bigint): string {
  const at = Number(index);
  if (at < 0 || at > text.length) throw new RangeError(`index out of range: ${at}`);
  return text.charAt(at);
}

function replaceSome(text: string, from: string, to: string, most: bigint): string {
  if (most < 0n) return text.replaceAll(from, () => to);
  let [replaced, rest] = ["", text];
  for (let left = most; left > 0n; left -= 1n) {
    const at = rest.indexOf(from);
    if (at < 0) break;
    replaced += rest.slice(0, at) + to;
    rest = rest.slice(at + from.length);
    if (from === "") break;
  }
  return replaced + rest;
}

function find(text: string, pattern: string, most: number): readonly string[] {
  const matcher = compilePattern(pattern).matcher(text);
  const found: string[] = [];
  while (found.length < most && matcher.find()) found.push(matcher.group() ?? "");
  return found;
}

/** `%s`, `%d`, `%f`, `%e`, `%b`, `%o`, `%x`, `%X` and `%%`, as CEL's strings library. Throws RangeError when too few are given. */
function format(text: string, values: readonly unknown[]): string {
  const rest = values.values();
  return text.replaceAll(/%(?:\.(\d+))?([sdfeboxX%])/g, (_, precision: string | undefined, verb: string) => {
    if (verb === "%") return "%";
    const next = rest.next();
    if (next.done === true) throw new RangeError("index out of range in format");
    return formatOne(next.value, verb, Number(precision ?? 6));
  });
}

function formatOne(value: unknown, verb: string, precision: number): string {
  switch (verb) {
    case "f":
      return Number(value).toFixed(precision);
    case "e":
      return Number(value).toExponential(precision);
    case "b":
      return typeof value === "bigint" ? value.toString(2) : String(Number(value === true));
    case "o":
      return typeof value === "bigint" ? value.toString(8) : "";
    case "x":
      return hex(value);
    case "X":
      return hex(value).toUpperCase();
    default:
      return showValue(value);
  }
}

function hex(value: unknown): string {
  return typeof value === "bigint" ? value.toString(16) : Buffer.from(showValue(value)).toString("hex");
}

function showValue(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(showValue).join(", ")}]`;
  if (value instanceof Date) return value.toISOString().replace(".000Z", "Z");
  if (value instanceof Map) {
    return `{${[...value]
      .map(([key, member]) => `${showValue(key)}: ${showValue(member)}`)
      .toSorted()
      .join(", ")}}`;
  }
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
}

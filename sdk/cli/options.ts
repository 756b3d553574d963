import { usageError } from "./cli-error.ts";

/** What was given on the command line, by the long names of flags in camelCase. */
export class Options {
  readonly #values: Readonly<Record<string, unknown>>;

  constructor(values: Readonly<Record<string, unknown>>) {
    this.#values = values;
  }

  text(name: string): string | undefined {
    const value = this.#values[name];
    return typeof value === "string" ? value : undefined;
  }

  /** Values of a flag that may be repeated. */
  texts(name: string): readonly string[] {
    const value = this.#values[name];
    return Array.isArray(value) ? value.map(String) : typeof value === "string" ? [value] : [];
  }

  flag(name: string): boolean {
    return this.#values[name] === true;
  }

  /** Whether `--no-<name>` was given. */
  isOff(name: string): boolean {
    return this.#values[name] === false;
  }

  /** A whole number from zero up. Throws a usage error. */
  count(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    if (/^\d{1,9}$/.test(text)) return Number(text);
    throw usageError(`Cannot use --${name} "${text}": wanted a whole number such as 20`);
  }

  /** A time span in milliseconds (`90s`, `5m`, `1h30m`; a bare number is seconds). Throws a usage error. */
  durationMs(name: string): number | undefined {
    const text = this.text(name);
    return text === undefined ? undefined : parseDurationMs(text, `--${name}`);
  }
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Reads a time span as kubectl does. Throws a usage error naming where it stood. */
export function parseDurationMs(text: string, where: string): number {
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(text)) {
    throw usageError(`Cannot use ${where} "${text}": wanted a time span such as 90s, 5m or 1h30m`);
  }
  return [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)].reduce(
    (sum, [, number, unit]) => sum + Number(number) * (UNIT_MS[unit ?? ""] ?? 0),
    0,
  );
}

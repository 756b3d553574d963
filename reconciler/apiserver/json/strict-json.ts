import { type FieldPath, showPath } from "@freehold/apis";

import { badRequest } from "../errors/request-errors.ts";

export interface StrictJson {
  readonly value: unknown;
  /** Paths of members that came more than once; the last one counts, as with JSON.parse. */
  readonly duplicates: readonly string[];
}

const MAX_DEPTH = 1000;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const SPACE = /[ \t\n\r]*/y;
// Everything from space on, without quote and backslash: control characters must be escaped.
const STRING = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;

/**
 * JSON (RFC 8259) with what JSON.parse hides: members given twice, and integers a double cannot hold, which are refused
 * instead of changed. Throws 400.
 */
export function parseStrictJson(text: string): StrictJson {
  const reader = new Reader(text);
  const value = reader.document();
  return { value, duplicates: reader.duplicates.map(showPath) };
}

class Reader {
  readonly duplicates: FieldPath[] = [];
  readonly #text: string;
  readonly #path: (string | number)[] = [];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): unknown {
    const value = this.#value();
    if (this.#at < this.#text.length) throw this.#unexpected();
    return value;
  }

  #value(): unknown {
    if (this.#path.length > MAX_DEPTH) throw badRequest(`Cannot read JSON: nested deeper than ${MAX_DEPTH}`);
    this.#skip(SPACE);
    const value = this.#bareValue();
    this.#skip(SPACE);
    return value;
  }

  #bareValue(): unknown {
    switch (this.#text.charAt(this.#at)) {
      case "{":
        return this.#object();
      case "[":
        return this.#array();
      case '"':
        return this.#string();
      case "t":
        return this.#word("true", true);
      case "f":
        return this.#word("false", false);
      case "n":
        return this.#word("null", null);
      default:
        return this.#number();
    }
  }

  #object(): object {
    const members = new Map<string, unknown>();
    this.#at += 1;
    this.#skip(SPACE);
    if (this.#take("}")) return {};
    do {
      this.#skip(SPACE);
      const name = this.#string();
      this.#skip(SPACE);
      if (!this.#take(":")) throw this.#unexpected();
      this.#path.push(name);
      if (members.has(name)) this.duplicates.push([...this.#path]);
      members.set(name, this.#value());
      this.#path.pop();
    } while (this.#take(","));
    if (!this.#take("}")) throw this.#unexpected();
    return Object.fromEntries(members);
  }

  #array(): unknown[] {
    const items: unknown[] = [];
    this.#at += 1;
    this.#skip(SPACE);
    if (this.#take("]")) return items;
    do {
      this.#path.push(items.length);
      items.push(this.#value());
      this.#path.pop();
    } while (this.#take(","));
    if (!this.#take("]")) throw this.#unexpected();
    return items;
  }

  #string(): string {
    // The pattern admits exactly JSON's strings, so JSON.parse cannot fail on one.
    return String(JSON.parse(this.#match(STRING)));
  }

  #number(): number {
    const text = this.#match(NUMBER);
    const value = Number(text);
    if (/^-?\d+$/.test(text) && !Number.isSafeInteger(value)) {
      throw badRequest(
        `Cannot read the number ${text} at "${showPath(this.#path)}": wanted an integer between -(2^53-1) and 2^53-1`,
      );
    }
    return value;
  }

  #word<T>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#at)) throw this.#unexpected();
    this.#at += word.length;
    return value;
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #skip(pattern: RegExp): void {
    pattern.lastIndex = this.#at;
    this.#at += pattern.exec(this.#text)?.[0].length ?? 0;
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found === undefined) throw this.#unexpected();
    this.#at += found.length;
    return found;
  }

  #unexpected(): Error {
    const found = this.#at < this.#text.length ? `"${this.#text[this.#at]}"` : "the end";
    return badRequest(`Cannot read JSON: found ${found} at offset ${this.#at}`);
  }
}

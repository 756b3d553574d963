import { usageError } from "../cli-error.ts";

/** A place in a text that is being read. */
export class TextCursor {
  readonly text: string;
  position: number;

  constructor(text: string, position = 0) {
    this.text = text;
    this.position = position;
  }

  get done(): boolean {
    return this.position >= this.text.length;
  }

  /** What comes next, "" at the end. */
  peek(length = 1): string {
    return this.text.slice(this.position, this.position + length);
  }

  take(expected: string): boolean {
    if (!this.text.startsWith(expected, this.position)) return false;
    this.position += expected.length;
    return true;
  }

  /** What a sticky pattern matches here; undefined when it does not. */
  match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.text) ?? undefined;
    if (found) this.position += found[0].length;
    return found;
  }

  skipSpace(): void {
    this.match(/\s*/y);
  }

  /** Throws a usage error saying what was wanted here. */
  fail(wanted: string): never {
    const found = this.done ? "the end" : `"${this.text.slice(this.position, this.position + 20)}"`;
    throw usageError(
      `Cannot read jsonpath "${this.text}": wanted ${wanted} at position ${this.position + 1}, found ${found}`,
      'for example {.items[*].metadata.name} or {.status.conditions[?(@.type=="Ready")].status}',
    );
  }
}

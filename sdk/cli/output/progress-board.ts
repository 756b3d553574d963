import type { Terminal } from "../terminal.ts";
import { escapeControls } from "./table.ts";

/** Lines that are drawn over and over at the end of a terminal; nothing at all where there is none. */
export class ProgressBoard implements Disposable {
  readonly #terminal: Terminal;
  readonly #lines = new Map<string, string>();
  #drawn = 0;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  set(key: string, line: string): void {
    if (this.#lines.get(key) === line) return;
    this.#lines.set(key, line);
    this.#draw();
  }

  remove(key: string): void {
    if (this.#lines.delete(key)) this.#draw();
  }

  [Symbol.dispose](): void {
    this.#lines.clear();
    this.#draw();
  }

  #draw(): void {
    if (!this.#terminal.drawsProgress) return;
    // ECMA-48: cursor to the beginning of the n-th line before, then erase to the end of the display.
    const back = this.#drawn > 0 ? `\u001b[${this.#drawn}F\u001b[J` : "";
    const width = Math.max(20, this.#terminal.columns - 1);
    const lines = [...this.#lines.values()].map(
      (line) => `${escapeControls(line.replaceAll("\n", " ")).slice(0, width)}\n`,
    );
    this.#terminal.say(back + lines.join(""));
    this.#drawn = lines.length;
  }
}

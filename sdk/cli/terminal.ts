import { isatty } from "node:tty";

/** Where a command writes: data to `out`, messages to `say`. */
export interface Terminal {
  out(text: string): void;
  say(text: string): void;
  /** Whether progress may be drawn, that is, whether messages go to a terminal. */
  readonly drawsProgress: boolean;
  /** Whether data may be coloured: a terminal, and no NO_COLOR (https://no-color.org). */
  readonly colours: boolean;
  readonly columns: number;
}

/** This process's own. */
export function processTerminal(): Terminal {
  const plain = (process.env["NO_COLOR"] ?? "") !== "" || process.env["TERM"] === "dumb";
  return {
    out: (text) => void process.stdout.write(text),
    say: (text) => void process.stderr.write(text),
    drawsProgress: isatty(2) && process.env["TERM"] !== "dumb",
    colours: isatty(1) && !plain,
    // A pseudo terminal may say 0 when nobody told it its size.
    columns: process.stderr.columns || 80,
  };
}

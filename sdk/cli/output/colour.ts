export type Colour = "green" | "yellow" | "red" | "bold" | "dim";

const CODES: Readonly<Record<Colour, string>> = { green: "32", yellow: "33", red: "31", bold: "1", dim: "2" };

/** Select Graphic Rendition of ECMA-48 around a text, where colours are wanted. */
export function coloured(text: string, colour: Colour | undefined, wanted: boolean): string {
  return wanted && colour !== undefined ? `\u001b[${CODES[colour]}m${text}\u001b[0m` : text;
}

const GOOD = new Set(["True", "Running", "Ready", "Active", "Normal"]);
const BAD = new Set(["False", "Failed", "Warning", "Stalled"]);
const BUSY = new Set(["Unknown", "Installing", "Starting", "Stopping", "Removing", "Terminating"]);

/** The colour of a status word; undefined for anything else. */
export function colourOfWord(word: string): Colour | undefined {
  if (GOOD.has(word)) return "green";
  if (BAD.has(word)) return "red";
  return BUSY.has(word) ? "yellow" : undefined;
}

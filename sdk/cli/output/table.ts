/** How kubectl aligns: three spaces between columns, none narrower than six with them (its tabwriter's settings). */
const PADDING = 3;
const NARROWEST = 6;

/**
 * Aligns rows; the last cell of a line is not padded. `widths` are kept by a caller that prints further rows below, as a watch does,
 * and are widened in place.
 */
export function alignRows(rows: readonly (readonly string[])[], widths: number[] = []): string {
  for (const row of rows) {
    row.slice(0, -1).forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? NARROWEST, widthOf(cell) + PADDING);
    });
  }
  return rows
    .map((row) => {
      const cells = row.map((cell, column) =>
        column === row.length - 1 ? cell : cell + " ".repeat((widths[column] ?? 0) - widthOf(cell)),
      );
      return `${cells.join("")}\n`;
    })
    .join("");
}

/** Code points, without what only sets colours. */
function widthOf(cell: string): number {
  // oxlint-disable-next-line no-control-regex -- the escape character is what begins a colour
  return Array.from(cell.replaceAll(/\u001b\[[0-9;]*m/g, "")).length;
}

/** A cell as kubectl prints it: one line, and nothing of a terminal's control sequences. */
export function cellText(value: unknown): string {
  if (value === null || value === undefined) return "";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const line = text.search(/[\f\n\r]/);
  const shown = line < 0 ? text : `${text.slice(0, line)}...`;
  return escapeControls(shown);
}

/** Replaces what would act on a terminal; others wrote the text that is shown. */
export function escapeControls(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  return text.replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, (char) =>
    char === "\u001b" ? "^[" : `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
}

import { type Edit, editScript } from "./edit-script.ts";

const CONTEXT = 3;

/** As `diff -u -N` prints it: both names, then hunks with three lines of context. "" when there is no difference. */
export function unifiedDiff(from: string, to: string, names: readonly [string, string]): string {
  const edits = editScript(linesOf(from), linesOf(to));
  const hunks = hunksOf(edits);
  if (hunks.length === 0) return "";
  return `--- ${names[0]}\n+++ ${names[1]}\n${hunks.map((hunk) => hunkText(edits, hunk)).join("")}`;
}

/** A range of edits, end not included. */
interface Hunk {
  readonly start: number;
  readonly end: number;
}

function linesOf(text: string): readonly string[] {
  return text === "" ? [] : text.replace(/\n$/, "").split("\n");
}

function hunksOf(edits: readonly Edit[]): readonly Hunk[] {
  const hunks: Hunk[] = [];
  edits.forEach(({ is }, index) => {
    if (is === "same") return;
    const start = Math.max(0, index - CONTEXT);
    const end = Math.min(edits.length, index + 1 + CONTEXT);
    const last = hunks.at(-1);
    if (last && start <= last.end) hunks.splice(-1, 1, { start: last.start, end });
    else hunks.push({ start, end });
  });
  return hunks;
}

function hunkText(edits: readonly Edit[], { start, end }: Hunk): string {
  const count = (of: readonly Edit[], without: Edit["is"]): number =>
    of.filter(({ is }) => is !== without).length;
  const before = edits.slice(0, start);
  const hunk = edits.slice(start, end);
  const range = (without: Edit["is"]): string => {
    const length = count(hunk, without);
    const first = count(before, without) + (length === 0 ? 0 : 1);
    return length === 1 ? `${first}` : `${first},${length}`;
  };
  const signs = { same: " ", removed: "-", added: "+" } as const;
  const lines = hunk.map(({ is, line }) => `${signs[is]}${line}\n`);
  return `@@ -${range("added")} +${range("removed")} @@\n${lines.join("")}`;
}

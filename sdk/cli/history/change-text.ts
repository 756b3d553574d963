import { escapeControls } from "../output/table.ts";
import type { ReadChange, ReadRevision } from "./revision-list.ts";

const LONGEST_VALUE = 40;
const SHOWN = 3;

/** What a revision did, in a line: `spec.running: true → false`. */
export function summaryOf({ verb, changes }: ReadRevision): string {
  if (verb === "delete") return "deleted";
  if (changes === undefined) return verb === "create" ? "created" : "";
  const shown = changes.slice(0, SHOWN).map(changeText);
  if (changes.length > SHOWN) shown.push(`and ${changes.length - SHOWN} more`);
  return shown.join(", ");
}

/** `spec.size: 1 → 2`, `+ spec.size: 2` or `- spec.size`. */
export function changeText({ path, from, to }: ReadChange): string {
  if (from === undefined) return `+ ${escapeControls(path)}: ${valueText(to)}`;
  if (to === undefined) return `- ${escapeControls(path)}`;
  return `${escapeControls(path)}: ${valueText(from)} → ${valueText(to)}`;
}

function valueText(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const shown = text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;
  return escapeControls(shown.replaceAll("\n", "\\n"));
}

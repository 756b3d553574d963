import { CliError, exitCodes } from "../cli-error.ts";
import type { ServedKind } from "./discovery.ts";

/**
 * The kind somebody means by a plural, singular, short name or Kind, with or without `.group` or `.version.group`.
 * Throws CliError with suggestions when there is none.
 */
export function resolveKind(kinds: readonly ServedKind[], word: string): ServedKind {
  const wanted = word.toLowerCase();
  const dot = wanted.indexOf(".");
  const name = dot < 0 ? wanted : wanted.slice(0, dot);
  const place = dot < 0 ? undefined : wanted.slice(dot + 1);
  const found = kinds.filter(
    (kind) => namesOf(kind).includes(name) && (place === undefined || isIn(kind, place)),
  );
  const exact = found.find(({ plural, singular }) => plural === name || singular === name);
  const chosen = exact ?? found[0];
  if (chosen) return chosen;
  const near = suggestionsFor(kinds, name);
  throw new CliError(`the server doesn't have a resource type "${word}"`, {
    exitCode: exitCodes.notFound,
    next:
      near.length > 0
        ? `did you mean ${near.map((text) => `"${text}"`).join(" or ")}? freehold api-resources lists all`
        : "freehold api-resources lists what there is",
  });
}

/** Kinds of a word that may be a category (`all`); undefined when it is none. */
export function kindsOfCategory(
  kinds: readonly ServedKind[],
  word: string,
): readonly ServedKind[] | undefined {
  const found = kinds.filter(({ categories }) => categories.includes(word));
  return found.length > 0 ? found : undefined;
}

function namesOf({ plural, singular, shortNames, kind }: ServedKind): readonly string[] {
  return [plural, singular, kind.toLowerCase(), ...shortNames];
}

/** `group`, the beginning of a group as kubectl allows it, or `version.group`. */
function isIn({ group, version }: ServedKind, place: string): boolean {
  return group.startsWith(place) || `${version}.${group}` === place || (group === "" && version === place);
}

/** Names at most two edits away, nearest first. */
export function suggestionsFor(kinds: readonly ServedKind[], name: string): readonly string[] {
  const near = kinds
    .flatMap(({ plural, singular, shortNames }) => [plural, singular, ...shortNames])
    .map((candidate) => ({ candidate, distance: editDistance(name, candidate) }))
    .filter(({ candidate, distance }) => distance <= Math.min(2, Math.floor(candidate.length / 2)))
    .toSorted((a, b) => a.distance - b.distance);
  return [...new Set(near.map(({ candidate }) => candidate))].slice(0, 3);
}

/** Levenshtein: insertions, deletions and replacements. */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

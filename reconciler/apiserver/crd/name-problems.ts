import type { Problem } from "@freehold/apis";

import type { Definition } from "./definition.ts";
import { invalidValue } from "./value-problems.ts";

const LABEL = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;

/** RFC 1035: what stands in paths and on command lines. */
export function isLabel(name: string): boolean {
  return LABEL.test(name) && name.length <= 63;
}

export function labelProblem(path: string, name: string, before = ""): Problem {
  const why =
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
  return invalidValue(path, name, `${before}${why}`);
}

/** Names a kind is to be called by. */
export function nameProblems(names: Definition["spec"]["names"], path: string): readonly Problem[] {
  const { plural, singular = "", kind, listKind = "", shortNames = [], categories = [] } = names;
  const check = (name: string, at: string, before = ""): readonly Problem[] =>
    isLabel(before === "" ? name : name.toLowerCase()) ? [] : [labelProblem(`${path}.${at}`, name, before)];
  const mixed = "may have mixed case, but should otherwise match: ";
  return [
    ...check(plural, "plural"),
    ...check(singular, "singular"),
    ...check(kind, "kind", mixed),
    ...check(listKind, "listKind", mixed),
    ...shortNames.flatMap((name, i) => check(name, `shortNames[${i}]`)),
    ...(kind === listKind
      ? [invalidValue(`${path}.listKind`, listKind, "kind and listKind may not be the same")]
      : []),
    ...categories.flatMap((name, i) => check(name, `categories[${i}]`)),
  ];
}

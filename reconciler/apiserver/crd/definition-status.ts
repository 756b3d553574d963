import { equalJson } from "../json/equal-json.ts";
import { CLEANUP, type Definition, isEstablished } from "./definition.ts";
import { withCondition } from "./set-condition.ts";

type Names = NonNullable<NonNullable<Definition["status"]>["acceptedNames"]>;

interface KnownNames {
  readonly plural: string;
  readonly singular?: string;
  readonly shortNames?: readonly string[];
  readonly kind: string;
  readonly listKind?: string;
}

/** Names of a group that are taken, by whom does not matter. */
export interface TakenNames {
  /** Plurals, singulars and short names: what stands in paths and on command lines. */
  readonly resources: ReadonlySet<string>;
  /** Kinds and kinds of lists. */
  readonly kinds: ReadonlySet<string>;
}

export function namesOf({ plural, singular = "", shortNames = [], kind, listKind = "" }: KnownNames): {
  readonly resources: readonly string[];
  readonly kinds: readonly string[];
} {
  return { resources: [plural, singular, ...shortNames], kinds: [kind, listKind] };
}

/**
 * What a definition's status comes to: names are accepted as long as nobody has them already, and with its names a definition is
 * established, for good. Returns the same value when nothing changes.
 */
export function statusOf(definition: Definition, taken: TakenNames, now: string): Definition["status"] {
  const { spec, status } = definition;
  const conflict = conflictOf(spec.names, taken);
  const acceptedNames = conflict ? acceptable(definition, taken) : spec.names;
  const accepted = withCondition(
    { ...status, acceptedNames },
    conflict
      ? { type: "NamesAccepted", status: "False", ...conflict }
      : { type: "NamesAccepted", status: "True", reason: "NoConflicts", message: "no conflicts found" },
    now,
  );
  const established = isEstablished(definition)
    ? accepted
    : withCondition(
        accepted,
        conflict
          ? {
              type: "Established",
              status: "False",
              reason: "NotAccepted",
              message: "not all names are accepted",
            }
          : {
              type: "Established",
              status: "True",
              reason: "InitialNamesAccepted",
              message: "the initial names have been accepted",
            },
        now,
      );
  return equalJson(established, status) ? status : established;
}

interface Conflict {
  readonly reason: string;
  readonly message: string;
}

function conflictOf(names: Names, { resources, kinds }: TakenNames): Conflict | undefined {
  const said = (name: string): string => `"${name}" is already in use`;
  const { plural, singular = "", kind, listKind = "", shortNames = [] } = names;
  if (resources.has(plural)) return { reason: "PluralConflict", message: said(plural) };
  if (resources.has(singular)) return { reason: "SingularConflict", message: said(singular) };
  const short = shortNames.find((name) => resources.has(name));
  if (short !== undefined) return { reason: "ShortNamesConflict", message: said(short) };
  if (kinds.has(kind)) return { reason: "KindConflict", message: said(kind) };
  return kinds.has(listKind) ? { reason: "ListKindConflict", message: said(listKind) } : undefined;
}

/** The names it keeps when it asks for ones that are taken: those it had. */
function acceptable({ spec, status }: Definition, { resources, kinds }: TakenNames): Names {
  const had: Partial<Names> = status?.acceptedNames ?? {};
  const { plural, singular = "", kind, listKind = "", shortNames = [], categories = [] } = spec.names;
  const keep = (taken: ReadonlySet<string>, name: string, old: string | undefined): string =>
    taken.has(name) ? (old ?? "") : name;
  return {
    plural: keep(resources, plural, had.plural),
    singular: keep(resources, singular, had.singular),
    kind: keep(kinds, kind, had.kind),
    listKind: keep(kinds, listKind, had.listKind),
    shortNames: shortNames.some((name) => resources.has(name)) ? (had.shortNames ?? []) : shortNames,
    categories,
  };
}

/** Whether only its objects hold it. */
export function awaitsCleanup({ metadata }: Definition): boolean {
  return metadata.deletionTimestamp !== undefined && (metadata.finalizers ?? []).includes(CLEANUP);
}

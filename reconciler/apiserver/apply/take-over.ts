import type { JsonObject } from "../json/json-object.ts";
import { type Comparison, compare } from "./compare.ts";
import type { Conflict } from "./conflict.ts";
import { difference, intersection, union, withoutSubtrees } from "./field-set.ts";
import { type FieldsV1, isBare } from "./fields-v1.ts";
import { isSame, type Managers } from "./managers.ts";
import type { Versions } from "./versions.ts";
import type { WriteContext } from "./write-context.ts";

/** What a change of the object does to the other managers. */
export interface TakeOver {
  /** Without the writer, and without those that own nothing any more. */
  readonly others: Managers;
  /** What they lose because the writer gave it another value. */
  readonly conflicts: readonly Conflict[];
  /** The change itself, in the writer's version. */
  readonly comparison: Comparison;
}

/** Takes changed paths from their other managers, and removed ones from all. */
export function takeOver(
  before: JsonObject,
  after: JsonObject,
  managers: Managers,
  { by, versions, ignored }: WriteContext,
): TakeOver {
  const compareIn = comparerOf(before, after, versions, ignored);
  const conflicts: Conflict[] = [];
  const others = managers.flatMap((manager) => {
    if (isSame(manager, by)) return [];
    const comparison = compareIn(manager.apiVersion);
    if (!comparison) return [];
    const changed = changedIn(comparison);
    const lost = isBare(changed) ? changed : intersection(manager.fields, changed);
    if (!isBare(lost)) conflicts.push({ manager, fields: lost });
    if (isBare(lost) && isBare(comparison.removed)) return [manager];
    const fields = difference(difference(manager.fields, lost), comparison.removed);
    return isBare(fields) ? [] : [{ ...manager, fields }];
  });
  return { others, conflicts, comparison: compareIn(by.apiVersion) ?? NO_CHANGE };
}

/** What has another value now, with all that was in it if it is something else altogether. */
function changedIn({ added, modified, removed }: Comparison): FieldsV1 {
  const changed = union(modified, added);
  if (isBare(modified) || isBare(removed)) return changed;
  return union(changed, difference(removed, withoutSubtrees(removed, modified)));
}

const NO_CHANGE: Comparison = { added: {}, modified: {}, removed: {} };

/** Compares once per version; undefined for versions that are gone. */
function comparerOf(
  before: JsonObject,
  after: JsonObject,
  versions: Versions,
  ignored: FieldsV1,
): (apiVersion: string) => Comparison | undefined {
  const found = new Map<string, Comparison | undefined>();
  return (apiVersion) => {
    if (!found.has(apiVersion)) {
      const view = versions.viewOf(apiVersion);
      const [old, now] = [before, after].map((object) => view && versions.convert(object, apiVersion));
      found.set(apiVersion, view && exclude(compare(view, old, now), ignored));
    }
    return found.get(apiVersion);
  };
}

function exclude({ added, modified, removed }: Comparison, ignored: FieldsV1): Comparison {
  return {
    added: withoutSubtrees(added, ignored),
    modified: withoutSubtrees(modified, ignored),
    removed: withoutSubtrees(removed, ignored),
  };
}

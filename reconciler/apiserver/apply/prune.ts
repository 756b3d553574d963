import type { JsonObject } from "../json/json-object.ts";
import { mentionedIn } from "./field-set-of.ts";
import { difference, intersection, union } from "./field-set.ts";
import { EMPTY, type FieldsV1, isBare } from "./fields-v1.ts";
import type { Manager, Managers } from "./managers.ts";
import { withNamedFields } from "./named-fields.ts";
import { remove } from "./remove.ts";
import type { TypeView } from "./type-view.ts";
import type { Versions } from "./versions.ts";

/**
 * Removes what an applier owned when it applied last and nobody, itself included, owns now. `managers` are all there are, the
 * applier with what it applies this time.
 */
export function prune(merged: JsonObject, last: Manager, managers: Managers, versions: Versions): JsonObject {
  const view = versions.viewOf(last.apiVersion);
  if (isBare(last.fields) || !view) return merged;
  const ownedNow = ownedByVersion(managers);
  const named = withNamedFields(view, last.fields);
  const given = difference(named, withNamedFields(view, ownedNow.get(last.apiVersion) ?? EMPTY));
  const before = versions.convert(merged, last.apiVersion);
  const alone = remove(view, before, given);
  let pruned = alone;
  for (const [apiVersion, fields] of ownedNow) {
    const other = apiVersion === last.apiVersion ? undefined : versions.viewOf(apiVersion);
    if (!other) continue;
    const whole = versions.convert(merged, apiVersion);
    pruned = versions.convert(
      keepOwned(other, whole, versions.convert(pruned, apiVersion), fields),
      last.apiVersion,
    );
  }
  if (pruned === alone) return pruned;
  // What another version's view gave back may be more than was owned; only what was mine may go.
  const gone = difference(namedSetOf(view, before), namedSetOf(view, pruned));
  return remove(view, before, intersection(gone, named));
}

/** What managers own now, by the version they wrote in. */
function ownedByVersion(managers: Managers): ReadonlyMap<string, FieldsV1> {
  const sets = new Map<string, FieldsV1>();
  for (const { apiVersion, fields } of managers) {
    sets.set(apiVersion, union(sets.get(apiVersion) ?? EMPTY, fields));
  }
  return sets;
}

/** The pruned object, with what is owned in this version put back from the whole one. */
function keepOwned(view: TypeView, whole: JsonObject, pruned: JsonObject, fields: FieldsV1): JsonObject {
  const kept = union(namedSetOf(view, pruned), withNamedFields(view, fields));
  return remove(view, whole, difference(namedSetOf(view, whole), kept));
}

function namedSetOf(view: TypeView, object: JsonObject): FieldsV1 {
  return withNamedFields(view, mentionedIn(view, object));
}

import type { JsonObject } from "../json/json-object.ts";
import { capManagers } from "./cap-managers.ts";
import { difference, union } from "./field-set.ts";
import { EMPTY, isBare } from "./fields-v1.ts";
import { fitManagers } from "./fit-managers.ts";
import { isSame, type Managers } from "./managers.ts";
import { sortFields } from "./read-fields.ts";
import { takeOver } from "./take-over.ts";
import { UNOWNED, type WriteContext } from "./write-context.ts";

/**
 * Who owns what after a write that was no apply: the writer owns what it added or changed, and nobody else does any more. The
 * objects are without managedFields.
 */
export function trackUpdate(
  before: JsonObject,
  after: JsonObject,
  managers: Managers,
  context: WriteContext,
): Managers {
  const { by, now } = context;
  const known = fitManagers(managers, context.versions);
  const { others, comparison } = takeOver(before, after, known, context);
  const mine = known.find((manager) => isSame(manager, by));
  const written = difference(union(comparison.modified, comparison.added), UNOWNED);
  const kept = difference(mine?.fields ?? EMPTY, comparison.removed);
  if (isBare(written)) return mine && !isBare(kept) ? [...others, { ...mine, fields: kept }] : others;
  return capManagers([...others, { ...by, time: now, fields: sortFields(union(kept, written)) }]);
}

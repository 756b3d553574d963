import { equalJson } from "../json/equal-json.ts";
import { isObject, type JsonObject } from "../json/json-object.ts";
import type { Conflict } from "./conflict.ts";
import { fieldSetOf, mentionedIn } from "./field-set-of.ts";
import { difference, withoutSubtrees } from "./field-set.ts";
import { type FieldsV1, isBare } from "./fields-v1.ts";
import { fitManagers } from "./fit-managers.ts";
import { lastAppliedFields, renewLastApplied } from "./last-applied.ts";
import { isSame, type Managers } from "./managers.ts";
import { merge } from "./merge.ts";
import { prune } from "./prune.ts";
import { sortFields } from "./read-fields.ts";
import { takeOver } from "./take-over.ts";
import { trackUpdate } from "./track-update.ts";
import type { TypeView } from "./type-view.ts";
import { UNOWNED, type WriteContext } from "./write-context.ts";

export interface ApplyRequest {
  /** The object as it is, without managedFields; empty when there is none. */
  readonly live: JsonObject;
  /** What is wished of it, with the object's name, so that something of its metadata is always kept. */
  readonly config: JsonObject;
  readonly managers: Managers;
  /** Whether to take fields from others. */
  readonly force: boolean;
}

export type ApplyResult =
  | { readonly type: "applied"; readonly object: JsonObject; readonly managers: Managers }
  | { readonly type: "conflict"; readonly conflicts: readonly Conflict[] };

/** Who is said to have written an object that was not tracked until it was first applied. */
const BEFORE_FIRST = "before-first-apply";
/** kubectl alone turns its own client-side apply into server-side apply by what it noted in the object. */
const KUBECTL = "kubectl";

/**
 * Server-side apply: lays the configuration over the object, removes what the applier gave up and nobody else owns, and shares out
 * the fields. Changes nothing in place. Throws Error when the applier's version is not served.
 */
export function applyConfig(
  { live, config, managers, force }: ApplyRequest,
  context: WriteContext,
): ApplyResult {
  const { by, versions, ignored, now } = context;
  const view = versions.viewOf(by.apiVersion);
  if (!view) throw new Error(`Cannot apply in version "${by.apiVersion}": it is not served`);
  const known = managers.length > 0 ? fitManagers(managers, versions) : firstManagers(live, context);
  const last = known.find((manager) => isSame(manager, by));
  const merged = mergeObjects(view, live, config);
  const mentioned = { ...by, time: now, fields: withoutSubtrees(mentionedIn(view, config), ignored) };
  const present = [...known.filter((manager) => manager !== last), mentioned];
  const object = last ? versions.convert(prune(merged, last, present, versions), by.apiVersion) : merged;
  const { others, conflicts } = takeOver(live, object, known, context);
  const contested = force ? [] : without(conflicts, uncontested(view, live, by.apiVersion, by.manager));
  if (contested.length > 0) return { type: "conflict", conflicts: contested };
  const wished = withoutSubtrees(fieldSetOf(view, config), ignored);
  const fields = sortFields(difference(wished, UNOWNED));
  const isNews = !last || !equalJson(live, object) || !equalJson(last.fields, fields);
  const me = isBare(fields) ? [] : [{ ...mentioned, fields, time: isNews ? now : last.time }];
  return {
    type: "applied",
    object: by.manager === KUBECTL ? renewLastApplied(object, config) : object,
    managers: [...others, ...me],
  };
}

function firstManagers(live: JsonObject, context: WriteContext): Managers {
  const by = { ...context.by, manager: BEFORE_FIRST, operation: "Update" } as const;
  return trackUpdate({}, live, [], { ...context, by });
}

function mergeObjects(view: TypeView, live: JsonObject, config: JsonObject): JsonObject {
  const merged = merge(view, live, config);
  return isObject(merged) ? merged : live;
}

function uncontested(view: TypeView, live: JsonObject, apiVersion: string, manager: string): FieldsV1 {
  return manager === KUBECTL ? lastAppliedFields(view, live, apiVersion) : {};
}

function without(conflicts: readonly Conflict[], allowed: FieldsV1): readonly Conflict[] {
  return conflicts
    .map(({ manager, fields }) => ({ manager, fields: difference(fields, allowed) }))
    .filter(({ fields }) => !isBare(fields));
}

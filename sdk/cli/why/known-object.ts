import type { ServedKind } from "../connection/discovery.ts";
import { field, type Fields, textOf } from "../json.ts";
import { conditionOf, type ReadCondition } from "../waiting/condition.ts";

/** An object with the kind it was listed as. */
export interface KnownObject {
  readonly kind: ServedKind;
  readonly object: Fields;
  /** Whether controllers tell of every object of its kind by conditions. */
  readonly isReported: boolean;
}

/** All that can be looked at. */
export interface KnownWorld {
  readonly kinds: readonly ServedKind[];
  readonly objects: readonly KnownObject[];
}

export function nameOf({ object }: KnownObject): string {
  return textOf(field(object, "metadata", "name")) ?? "";
}

export function namespaceOf({ object }: KnownObject): string | undefined {
  return textOf(field(object, "metadata", "namespace"));
}

/** `Container default/radicale`. */
export function titleOf(known: KnownObject): string {
  const namespace = namespaceOf(known);
  return `${known.kind.kind} ${namespace === undefined ? "" : `${namespace}/`}${nameOf(known)}`;
}

/** How an object stands, as far as its conditions tell. */
export type Standing =
  | { readonly type: "ready"; readonly condition: ReadCondition }
  | { readonly type: "unready"; readonly condition: ReadCondition; readonly stalled: boolean }
  /** Nobody has spoken of its newest generation yet. */
  | { readonly type: "unseen" }
  /** Its kind has no conditions: it simply is. */
  | { readonly type: "plain" }
  | { readonly type: "leaving"; readonly finalizers: readonly string[] };

export function standingOf({ object, isReported }: KnownObject): Standing {
  if (field(object, "metadata", "deletionTimestamp") !== undefined) {
    const finalizers = field(object, "metadata", "finalizers");
    return { type: "leaving", finalizers: Array.isArray(finalizers) ? finalizers.map(String) : [] };
  }
  const condition = conditionOf(object, "Ready");
  if (!condition) return { type: isReported ? "unseen" : "plain" };
  if (condition.status === "True") return { type: "ready", condition };
  return { type: "unready", condition, stalled: conditionOf(object, "Stalled")?.status === "True" };
}

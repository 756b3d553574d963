import type { Kind, Resource } from "@freehold/apis";

import { behaviourOf } from "../crd/behaviour.ts";
import { conflict } from "../errors/object-errors.ts";
import type { Outcome } from "./prepare-update.ts";
import { holdsFinalizers } from "./prepare-update.ts";

export type Propagation = "Background" | "Foreground" | "Orphan";

export interface DeletePlan {
  readonly propagation?: Propagation | undefined;
  readonly uid?: string | undefined;
  readonly resourceVersion?: string | undefined;
}

/** What deleting comes to: gone at once, or marked until the finalizers have run. Throws 409 when a precondition fails. */
export function prepareDelete(kind: Kind, old: Resource, plan: DeletePlan, now: string): Outcome {
  const { metadata } = old;
  if (plan.uid !== undefined && plan.uid !== metadata.uid) {
    throw conflict(
      kind,
      metadata.name,
      `Precondition failed: UID in precondition: ${plan.uid}, UID in object meta: ${metadata.uid}`,
    );
  }
  if (plan.resourceVersion !== undefined && plan.resourceVersion !== metadata.resourceVersion) {
    throw conflict(
      kind,
      metadata.name,
      `Precondition failed: ResourceVersion in precondition: ${plan.resourceVersion}, ResourceVersion in object meta: ${metadata.resourceVersion}`,
    );
  }
  if (metadata.deletionTimestamp !== undefined) return { do: "nothing", resource: old };
  const finalizers = [
    ...new Set([...(metadata.finalizers ?? []), ...propagationFinalizer(plan.propagation)]),
  ];
  const marked: Resource = {
    ...structuredClone(old),
    metadata: {
      ...structuredClone(metadata),
      ...(finalizers.length > 0 && { finalizers }),
      deletionTimestamp: now,
      deletionGracePeriodSeconds: 0,
      ...(metadata.generation !== undefined && { generation: metadata.generation + 1 }),
    },
  };
  if (kind.id === "Namespace")
    marked.status = { ...(typeof old.status === "object" && old.status), phase: "Terminating" };
  behaviourOf(kind)?.markDeleted?.(marked, now);
  return { do: holdsFinalizers(kind, marked) ? "write" : "remove", resource: marked };
}

/** The garbage collector finishes these two and removes the finalizer. */
function propagationFinalizer(propagation: Propagation | undefined): readonly string[] {
  if (propagation === "Foreground") return ["foregroundDeletion"];
  return propagation === "Orphan" ? ["orphan"] : [];
}

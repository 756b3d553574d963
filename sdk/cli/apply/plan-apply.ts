import { type Fields, fieldsOf } from "../json.ts";
import { lastAppliedOf, withLastApplied, withoutLastApplied } from "./last-applied.ts";
import { threeWayMerge } from "./three-way-merge.ts";

/** What is to be asked of the server so that an object is as a manifest says. */
export type ApplyPlan =
  | { readonly do: "create"; readonly object: Fields }
  | { readonly do: "patch"; readonly patch: Fields; readonly wasApplied: boolean }
  | { readonly do: "nothing" };

/** Decides from the manifest and what is there now; with `annotate` off, as for a diff, the annotation stays as it is. */
export function planApply(manifest: Fields, live: Fields | undefined, annotate = true): ApplyPlan {
  const modified = annotate ? withLastApplied(manifest) : withoutLastApplied(manifest);
  if (!live) return { do: "create", object: modified };
  const original = lastAppliedOf(live);
  // Annotations the server does not have need no empty map there.
  const current = { ...live, metadata: { annotations: {}, ...fieldsOf(live["metadata"]) } };
  const patch = threeWayMerge(original ?? {}, modified, current);
  return patch ? { do: "patch", patch, wasApplied: original !== undefined } : { do: "nothing" };
}

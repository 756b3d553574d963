import { isDeepStrictEqual } from "node:util";

import { type Kind, type Problem, type Resource, showPath } from "@freehold/apis";

import { duplicateItems } from "../apply/duplicate-items.ts";
import { behaviourOf } from "../crd/behaviour.ts";
import { isCustomKind } from "../crd/custom-kind.ts";
import { at } from "../json/json-object.ts";
import { validateMeta } from "../meta/validate-meta.ts";
import { ownershipOf } from "./kind-ownership.ts";

/** Which part of an object a request may write. `finalize` is a namespace's spec.finalizers, `scale` the number of a custom object. */
export type Endpoint = "main" | "status" | "finalize" | "scale";

/** Fills defaults in place and reports what breaks the kind's rules in the part that is written. `old` is what it replaces. */
export function validateResource(
  kind: Kind,
  resource: Resource,
  endpoint: Endpoint,
  old?: Resource,
): readonly Problem[] {
  if (isCustomKind(kind)) {
    const found = [...kind.custom.problems(resource, old), ...duplicatesOf(kind, resource)];
    return endpoint === "main" ? [...validateMeta(kind, resource.metadata), ...found] : found;
  }
  // A member that cannot have changed is not this request's fault: an old object may predate a stricter schema.
  const concerns = ({ path }: Problem): boolean => /^status\b/.test(path) === (endpoint === "status");
  const behaviour = behaviourOf(kind);
  const own = behaviour?.problems(resource, old) ?? kind.check(resource).problems;
  const found = [...own, ...duplicatesOf(kind, resource)];
  // Rules beyond the schema may hold a wish against what there is.
  const problems = behaviour && endpoint === "main" ? found : found.filter(concerns);
  return endpoint === "main" ? [...validateMeta(kind, resource.metadata), ...problems] : problems;
}

/** Items of lists by key that come twice; metadata has rules of its own. */
function duplicatesOf(kind: Kind, resource: Resource): readonly Problem[] {
  const { metadata: _, ...members } = resource;
  return duplicateItems(ownershipOf(kind).view, members).map(({ path, common }) => ({
    path: showPath(path),
    reason: "FieldValueDuplicate",
    message: `Duplicate value: ${JSON.stringify(common)}`,
  }));
}

/** Fields that are fixed once the object exists. */
export function changedImmutables(kind: Kind, old: Resource, next: Resource): readonly Problem[] {
  const fixed =
    at(old, "immutable") === true ? [...kind.immutable, "data", "binaryData", "immutable"] : kind.immutable;
  return fixed.flatMap((path): Problem[] => {
    const parts = path.split(".");
    const found = at(next, ...parts);
    if (isDeepStrictEqual(at(old, ...parts), found)) return [];
    const shown = kind.secret ? "" : `${JSON.stringify(found) ?? "null"}: `;
    return [{ path, reason: "FieldValueInvalid", message: `Invalid value: ${shown}field is immutable` }];
  });
}

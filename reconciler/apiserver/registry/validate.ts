import { isDeepStrictEqual } from "node:util";

import { type Kind, type Problem, type Resource, showPath } from "@freehold/apis";

import { duplicateItems } from "../apply/duplicate-items.ts";
import { at } from "../json/json-object.ts";
import { validateMeta } from "../meta/validate-meta.ts";
import { ownershipOf } from "./kind-ownership.ts";

/** Which part of an object a request may write. `finalize` is a namespace's spec.finalizers. */
export type Endpoint = "main" | "status" | "finalize";

/** Fills defaults in place and reports what breaks the kind's rules in the part that is written. */
export function validateResource(kind: Kind, resource: Resource, endpoint: Endpoint): readonly Problem[] {
  // A member that cannot have changed is not this request's fault: an old object may predate a stricter schema.
  const concerns = ({ path }: Problem): boolean => /^status\b/.test(path) === (endpoint === "status");
  const found = [...kind.check(resource).problems, ...duplicatesOf(kind, resource)];
  const problems = found.filter(concerns);
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

import type { Kind } from "@freehold/apis";

import { isApiError } from "../errors/api-error.ts";
import type { Registry } from "../registry/registry.ts";

/** Deletes all objects of a kind, in the order of their names. Returns how many are still there because finalizers hold them. */
export async function deleteInstances(registry: Registry, kind: Kind): Promise<number> {
  const { items } = await registry.list(kind);
  let left = 0;
  for (const { metadata } of items) {
    try {
      const { gone } = await registry.delete(kind, metadata, { uid: metadata.uid });
      if (!gone) left += 1;
    } catch (error) {
      if (!isApiError(error, "NotFound") && !isApiError(error, "Conflict")) throw error;
    }
  }
  return left;
}

import { isTearingDown, type Resource } from "@freehold/apis";

import type { Desired, Name } from "./contracts.ts";
import type { ControllerContext } from "./controller-context.ts";
import { equalValue } from "./equal-value.ts";
import { nameKey } from "./kind-cache.ts";
import { ownerLabels, ownerReferenceOf } from "./owned-by.ts";

/** Creates or corrects one wanted object. Answers false when it must wait for an older namesake to go. */
export async function holdDesired(
  wish: Desired,
  owner: { readonly name: Name; readonly resource?: Resource },
  context: ControllerContext,
): Promise<boolean> {
  const existing = context.caches.of(wish.kind).get(nameKey(wish.name, wish.namespace));
  if (!existing) {
    await context.writer.create(wish.kind, draftOf(wish, owner, context.writer.name));
    return true;
  }
  if (wish.hold === "ensure") return !isTearingDown(existing);
  if (isTearingDown(existing)) return false;
  const changed = desiredChange(wish, existing);
  if (changed) await context.writer.update(wish.kind, changed);
  return true;
}

/** The object as it is wished; undefined when it is so already. */
export function desiredChange(wish: Desired, existing: Resource): Resource | undefined {
  const labels = { ...existing.metadata.labels, ...wish.labels };
  const spec = withDefaults(wish);
  if (equalValue(spec, existing.spec) && equalValue(labels, existing.metadata.labels ?? {})) return undefined;
  return { ...existing, metadata: { ...existing.metadata, labels }, spec };
}

/** The first version of a wanted object, with the marks of who wants it. */
export function draftOf(
  wish: Desired,
  owner: { readonly name: Name; readonly resource?: Resource },
  controller: string,
): Resource {
  const reference = owner.resource && ownerReferenceOf(owner.resource, wish.namespace);
  const held = wish.hold !== "ensure";
  return wish.kind.draft(
    {
      name: wish.name,
      ...(wish.namespace !== undefined && { namespace: wish.namespace }),
      labels: { ...wish.labels, ...(held && ownerLabels(controller, owner.name)) },
      ...(held && reference && { ownerReferences: [reference] }),
    },
    wish.spec,
  );
}

/** The spec as the API will store it, so that a comparison does not see its defaults as a difference. */
function withDefaults(wish: Desired): unknown {
  const copy = structuredClone({ spec: wish.spec });
  wish.kind.check(copy);
  return copy.spec;
}

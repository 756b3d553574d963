import type { Kind, Resource } from "@freehold/apis";
import { packageKind } from "@freehold/apis/package";
import { equalValue } from "@freehold/engine";

import { type EffectContext, EffectError } from "./effect-context.ts";

/** Field manager of what packages write. */
export const WRITER = { name: "package" } as const;
const PACKAGE_LABEL = "package.freehold.dev/package";
const ATTEMPTS = 5;

/** Writes one of the package's own objects: makes it, or changes its spec. `change` gets the spec there is. */
export async function upsertOwn<R extends Resource>(
  kind: Kind<R>,
  name: string,
  change: (known: R["spec"] | undefined) => R["spec"],
  { api, caller }: EffectContext,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const known = await api.get(kind, name, caller.namespace);
      // Two packages' names may meet in one object's name: "a" with "b-c", and "a-b" with "c".
      if (known && known.metadata.labels?.[PACKAGE_LABEL] !== caller.name) {
        throw new EffectError(`Cannot write "${name}": it belongs to another package`);
      }
      const spec = change(known?.spec);
      if (known && equalValue(known.spec, spec)) return;
      if (known) await api.update(kind, { ...known, spec }, WRITER);
      else await api.create(kind, kind.draft(await metadataOf(name, { api, caller }), spec), WRITER);
      return;
    } catch (error) {
      const code: unknown = error instanceof Error ? Reflect.get(error, "code") : undefined;
      if ((code !== "Conflict" && code !== "Exists") || attempt === ATTEMPTS) throw error;
    }
  }
}

/** The package's own objects of a kind, as the agent last saw them. */
export function ownObjects<R extends Resource>(
  kind: Kind<R>,
  { world, caller }: EffectContext,
): readonly R[] {
  return world
    .list(kind)
    .filter(
      ({ metadata }) =>
        metadata.namespace === caller.namespace && metadata.labels?.[PACKAGE_LABEL] === caller.name,
    );
}

export async function deleteOwn(kind: Kind, name: string, { api, caller }: EffectContext): Promise<void> {
  await api.delete(kind, kind.ref(name, caller.namespace), WRITER);
}

/** Owned by the Package, so that they go with it. */
async function metadataOf(
  name: string,
  { api, caller }: Pick<EffectContext, "api" | "caller">,
): Promise<Resource["metadata"]> {
  const owner = await api.get(packageKind, caller.name, caller.namespace);
  if (owner?.metadata.uid === undefined) {
    throw new EffectError(`Cannot write "${name}": the package "${caller.name}" is gone`);
  }
  return {
    name,
    namespace: caller.namespace,
    labels: { [PACKAGE_LABEL]: caller.name },
    ownerReferences: [
      {
        apiVersion: packageKind.apiVersion,
        kind: packageKind.kind,
        name: caller.name,
        uid: owner.metadata.uid,
        controller: true,
        blockOwnerDeletion: false,
      },
    ],
  };
}

import { type Kind, type Resource, refKey } from "@freehold/apis";
import type { World } from "@freehold/engine";

/** A view of these objects; of a store's, always the newest. */
export function worldOf(objects: Iterable<Resource>): World {
  const list = <R extends Resource>(kind: Kind<R>): readonly R[] =>
    [...objects].flatMap((object) => (kind.matches(object) ? [object] : []));
  return {
    list,
    get: (kind, name, namespace) => {
      const wanted = refKey(kind.ref(name, namespace));
      return list(kind).find(
        ({ metadata }) => refKey(kind.ref(metadata.name, metadata.namespace)) === wanted,
      );
    },
  };
}

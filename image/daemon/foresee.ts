import type { Kind, Resource } from "@freehold/apis";
import {
  keyOf,
  nameKey,
  type ObjectEffect,
  previewChange,
  type Transformer,
  type World,
} from "@freehold/engine";
import type { ResourceStore } from "@freehold/store";

import { transformers } from "./controller-graph.ts";

/** What a change would do to other objects. Reads the store anew, so that every server can tell, whether or not it leads. */
export async function foresee(change: ObjectEffect, store: ResourceStore): Promise<readonly ObjectEffect[]> {
  const known: readonly Transformer<Resource>[] = transformers;
  const kinds = new Set(
    known.flatMap(({ input, outputs, reads }): readonly Kind[] => [input, ...outputs, ...reads]),
  );
  const lists = await Promise.all(
    [...kinds].map(async (kind): Promise<[string, ReadonlyMap<string, Resource>]> => {
      const { items } = await store.list(kind);
      return [kind.id, new Map(items.map((item) => [keyOf(item), item]))];
    }),
  );
  return previewChange(change, known, worldOf(new Map(lists)));
}

function worldOf(objects: ReadonlyMap<string, ReadonlyMap<string, Resource>>): World {
  return {
    get: (kind, name, namespace) => {
      const found = objects.get(kind.id)?.get(nameKey(name, namespace));
      return found && kind.decode(found);
    },
    list: (kind) => [...(objects.get(kind.id)?.values() ?? [])].map((object) => kind.decode(object)),
  };
}

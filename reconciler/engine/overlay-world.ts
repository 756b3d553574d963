import type { Kind, Resource } from "@freehold/apis";

import type { World } from "./contracts.ts";
import { keyOf, nameKey } from "./kind-cache.ts";
import type { ObjectEffect } from "./object-effect.ts";

/** A world as it would be after changes that were not made. */
export class OverlayWorld implements World {
  readonly #below: World;
  /** By kind and place; the newest of each object, with what it really was. */
  readonly #changed = new Map<string, ObjectEffect>();

  constructor(below: World) {
    this.#below = below;
  }

  set({ kind, before, after }: ObjectEffect): void {
    const object = after ?? before;
    if (!object) return;
    const place = `${kind.id} ${keyOf(object)}`;
    const first = this.#changed.get(place);
    this.#changed.set(place, { kind, before: first ? first.before : before, after });
  }

  get<R extends Resource>(kind: Kind<R>, name: string, namespace?: string): R | undefined {
    const changed = this.#changed.get(`${kind.id} ${nameKey(name, namespace)}`);
    if (!changed) return this.#below.get(kind, name, namespace);
    return changed.after && kind.decode(changed.after);
  }

  list<R extends Resource>(kind: Kind<R>): readonly R[] {
    const kept = this.#below.list(kind).filter((one) => !this.#changed.has(`${kind.id} ${keyOf(one)}`));
    const changed = [...this.#changed.values()].flatMap((effect) =>
      effect.kind.id === kind.id && effect.after ? [kind.decode(effect.after)] : [],
    );
    return [...kept, ...changed];
  }

  /** All that would be otherwise than it is, in the order in which it came up. */
  effects(): readonly ObjectEffect[] {
    return [...this.#changed.values()].filter(
      ({ before, after }) => before !== undefined || after !== undefined,
    );
  }
}

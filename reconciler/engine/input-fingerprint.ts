import type { Kind, Resource } from "@freehold/apis";

import { isReady } from "./conditions.ts";
import type { World } from "./contracts.ts";

/**
 * Watches what a realizer looks at. Two passes with the same fingerprint saw the same wishes in everything they read, so that steps
 * the second one needs come from the machine. Whether a part is ready counts too: it may be gone for a while on purpose.
 */
export class InputFingerprint {
  readonly #seen = new Map<string, string>();

  /** The world, with note taken of all that is read. */
  observe(world: World): World {
    return {
      get: <R extends Resource>(kind: Kind<R>, name: string, namespace?: string): R | undefined => {
        const found = world.get(kind, name, namespace);
        this.#note(`${kind.id} ${namespace ?? ""}/${name}`, found);
        return found;
      },
      list: <R extends Resource>(kind: Kind<R>): readonly R[] => {
        const found = world.list(kind);
        for (const item of found) {
          this.#note(`${kind.id} ${item.metadata.namespace ?? ""}/${item.metadata.name}`, item);
        }
        return found;
      },
    };
  }

  get text(): string {
    return [...this.#seen]
      .map(([place, state]) => `${place} ${state}`)
      .toSorted()
      .join("\n");
  }

  #note(place: string, found: Resource | undefined): void {
    const state = found ? `${found.metadata.uid} ${found.metadata.generation} ${isReady(found)}` : "missing";
    this.#seen.set(place, state);
  }
}

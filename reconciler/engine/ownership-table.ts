import type { Kind } from "@freehold/apis";

import { OwnershipError } from "./errors.ts";

export type Section = "spec" | "status";

/** Who may write which section of which kind. Filled before anything runs; asked on each write. */
export class OwnershipTable {
  readonly #claims = new Map<string, string>();

  /** Throws OwnershipError when somebody else has it. */
  claim(kind: Kind, section: Section, owner: string): void {
    const key = `${kind.id} ${section}`;
    const holder = this.#claims.get(key);
    if (holder !== undefined && holder !== owner) {
      throw new OwnershipError(`Cannot give ${section} of ${kind.id} to "${owner}": "${holder}" has it`);
    }
    this.#claims.set(key, owner);
  }

  /** Throws OwnershipError unless the owner has claimed it. */
  check(kind: Kind, section: Section, owner: string): void {
    const holder = this.#claims.get(`${kind.id} ${section}`);
    if (holder !== owner) {
      throw new OwnershipError(
        `Cannot write ${section} of ${kind.id} as "${owner}": it belongs to ${holder === undefined ? "nobody" : `"${holder}"`}`,
      );
    }
  }

  /** `kind section` → owner, sorted. */
  entries(): readonly (readonly [string, string])[] {
    return [...this.#claims].toSorted(([a], [b]) => (a < b ? -1 : 1));
  }
}

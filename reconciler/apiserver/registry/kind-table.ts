import type { Kind } from "@freehold/apis";

/** What one definition adds. */
export interface AddedKinds {
  /** One for each version that can be asked for. */
  readonly served: readonly Kind[];
  /** The version objects are kept in, served or not: whoever goes through all objects uses it. */
  readonly stored: Kind;
}

/** The kinds being served. Any change of it changes discovery at once. */
export class KindTable {
  readonly #builtIn = new Map<string, Kind>();
  readonly #added = new Map<string, AddedKinds>();
  #served: ReadonlyMap<string, Kind> = new Map();
  #stored: readonly Kind[] = [];

  constructor(kinds: readonly Kind[]) {
    for (const kind of kinds) this.add(kind);
  }

  /** Throws Error when another kind has the same path. */
  add(kind: Kind): void {
    const path = pathOf(kind.group, kind.version, kind.plural);
    if (this.#served.has(path))
      throw new Error(`Cannot serve kind "${kind.id}": "${path}" is already served`);
    this.#builtIn.set(path, kind);
    this.#renew();
  }

  /** Puts what a definition describes in the place of what it described before; undefined when there is no such definition any more. */
  define(name: string, kinds: AddedKinds | undefined): void {
    if (kinds) this.#added.set(name, kinds);
    else if (!this.#added.delete(name)) return;
    this.#renew();
  }

  find(group: string, version: string, plural: string): Kind | undefined {
    return this.#served.get(pathOf(group, version, plural));
  }

  all(): readonly Kind[] {
    return [...this.#served.values()];
  }

  /** One kind for each sort of objects that are kept, in the version they are kept in. */
  stored(): readonly Kind[] {
    return this.#stored;
  }

  /** Whether the kind came with the server, and cannot be defined anew. */
  isBuiltIn(group: string, plural: string): boolean {
    return [...this.#builtIn.values()].some((kind) => kind.group === group && kind.plural === plural);
  }

  #renew(): void {
    const added = [...this.#added.values()];
    const builtIn = [...this.#builtIn];
    const served = added.flatMap(({ served: kinds }) => kinds);
    const paths = served.map((kind) => [pathOf(kind.group, kind.version, kind.plural), kind] as const);
    // A built-in kind is never replaced, whatever is defined.
    this.#served = new Map([...builtIn, ...paths.filter(([path]) => !this.#builtIn.has(path))]);
    this.#stored = [...this.#builtIn.values(), ...added.map(({ stored }) => stored)];
  }
}

function pathOf(group: string, version: string, plural: string): string {
  return `${group}/${version}/${plural}`;
}

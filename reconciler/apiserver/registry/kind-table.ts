import type { Kind } from "@freehold/apis";

/** The kinds being served. Adding one changes discovery at once. */
export class KindTable {
  readonly #kinds = new Map<string, Kind>();
  #edition = 0;

  constructor(kinds: readonly Kind[]) {
    for (const kind of kinds) this.add(kind);
  }

  /** Throws Error when another kind has the same path. */
  add(kind: Kind): void {
    const path = pathOf(kind.group, kind.version, kind.plural);
    if (this.#kinds.has(path)) throw new Error(`Cannot serve kind "${kind.id}": "${path}" is already served`);
    this.#kinds.set(path, kind);
    this.#edition += 1;
  }

  find(group: string, version: string, plural: string): Kind | undefined {
    return this.#kinds.get(pathOf(group, version, plural));
  }

  all(): readonly Kind[] {
    return [...this.#kinds.values()];
  }

  /** Moves with every change; what is derived from the table is kept until then. */
  get edition(): number {
    return this.#edition;
  }
}

function pathOf(group: string, version: string, plural: string): string {
  return `${group}/${version}/${plural}`;
}

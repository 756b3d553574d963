/** A node of the graph of what must run before what. */
interface Node {
  readonly id: string;
  readonly requires?: readonly string[];
}

/** Which are stopped together, one wave after the other: nothing is stopped before all that require it. Throws on loops and unknown ids. */
export function stopOrder<T extends Node>(nodes: readonly T[]): readonly (readonly T[])[] {
  const ids = new Set(nodes.map(({ id }) => id));
  if (ids.size < nodes.length) throw new Error("Cannot order the daemons: two have the same id");
  for (const { id, requires = [] } of nodes) {
    const unknown = requires.find((required) => !ids.has(required));
    if (unknown !== undefined)
      throw new Error(`Cannot order "${id}": it requires "${unknown}", which there is not`);
  }
  const waves: T[][] = [];
  let rest = [...nodes];
  while (rest.length > 0) {
    const required = new Set(rest.flatMap(({ requires = [] }) => requires));
    const wave = rest.filter(({ id }) => !required.has(id));
    if (wave.length === 0) throw new Error(`Cannot order "${rest[0]?.id}": it requires itself in a circle`);
    waves.push(wave);
    rest = rest.filter(({ id }) => required.has(id));
  }
  return waves;
}

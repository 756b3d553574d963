/**
 * A set of field paths as Kubernetes writes it (`fieldsType: FieldsV1`): a trie whose keys are path elements. A node without
 * members is an owned leaf; a node that is owned and has owned nodes below holds `.` as well. The root alone is never owned: an
 * empty root is the empty set. This is both the wire form and the one the walks work on, so that nothing is converted.
 */
export interface FieldsV1 {
  readonly [element: string]: FieldsV1;
}

/** The member that says "this node itself, too". */
export const SELF = ".";

/** An owned node with nothing owned below. */
export const LEAF: FieldsV1 = Object.freeze({});

/** The empty set, as a root. */
export const EMPTY: FieldsV1 = Object.freeze({});

export function isBare(node: FieldsV1): boolean {
  for (const _ in node) return false;
  return true;
}

export function isOwned(node: FieldsV1): boolean {
  return isBare(node) || Object.hasOwn(node, SELF);
}

/** The node, with itself owned. */
export function owned(node: FieldsV1 | undefined): FieldsV1 {
  if (node === undefined || isBare(node)) return LEAF;
  return Object.hasOwn(node, SELF) ? node : { [SELF]: LEAF, ...node };
}

/** The node at an element below, if any of it is in the set. */
export function childOf(node: FieldsV1, element: string): FieldsV1 | undefined {
  return Object.hasOwn(node, element) ? node[element] : undefined;
}

/** A set from paths of member names: `fieldsAt(["status"], ["metadata", "name"])`. */
export function fieldsAt(...paths: readonly (readonly string[])[]): FieldsV1 {
  return grow(paths, 0);
}

function grow(paths: readonly (readonly string[])[], depth: number): FieldsV1 {
  const groups = Map.groupBy(
    paths.filter((path) => path.length > depth),
    (path) => path[depth] ?? "",
  );
  return Object.fromEntries(
    [...groups].map(([name, group]) => {
      const node = grow(group, depth + 1);
      return [`f:${name}`, group.some((path) => path.length === depth + 1) ? owned(node) : node];
    }),
  );
}

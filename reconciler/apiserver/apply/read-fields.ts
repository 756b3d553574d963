import { isObject } from "../json/json-object.ts";
import { type FieldsV1, isBare, LEAF, owned, SELF } from "./fields-v1.ts";
import { compareElements, readElement } from "./path-element.ts";

/** A set of paths from outside, in its one form; undefined when it is none. */
export function readFields(raw: unknown): FieldsV1 | undefined {
  const root = readNode(raw);
  if (root === undefined || !Object.hasOwn(root, SELF)) return root;
  const { [SELF]: _, ...set } = root;
  return set;
}

function readNode(raw: unknown): FieldsV1 | undefined {
  if (!isObject(raw)) return undefined;
  const children: [string, FieldsV1][] = [];
  for (const name of Object.keys(raw)) {
    if (name === SELF) continue;
    const element = readElement(name);
    const child = readNode(raw[name]);
    if (element === undefined || child === undefined) return undefined;
    children.push([element, child]);
  }
  const node: FieldsV1 = children.length === 0 ? LEAF : Object.fromEntries(children);
  return Object.hasOwn(raw, SELF) ? owned(node) : node;
}

/** The same set with its members in the order of the wire. */
export function sortFields(node: FieldsV1): FieldsV1 {
  if (isBare(node)) return LEAF;
  return Object.fromEntries(
    Object.entries(node)
      .sort(([a], [b]) => compareElements(a, b))
      .map(([element, child]) => [element, sortFields(child)]),
  );
}

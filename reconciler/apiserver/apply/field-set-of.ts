import { isObject, type JsonObject } from "../json/json-object.ts";
import { EMPTY, type FieldsV1, LEAF, owned } from "./fields-v1.ts";
import { elementsOf } from "./list-items.ts";
import { memberElement } from "./path-element.ts";
import { type ListView, type MapView, memberView, type TypeView } from "./type-view.ts";

/**
 * The paths that applying a value makes one's own: leaves, items of lists, entries of maps, and members that are null or empty.
 * A declared member is owned through what is in it alone.
 */
export function fieldSetOf(view: TypeView, value: unknown): FieldsV1 {
  return fieldsIn(view, value, isObject) ?? EMPTY;
}

/** The same and empty lists, which are nobody's though they are there. */
export function mentionedIn(view: TypeView, value: unknown): FieldsV1 {
  return fieldsIn(view, value, () => true) ?? EMPTY;
}

/** Whether a member with nothing in it counts. */
type CountsEmpty = (member: unknown) => boolean;

function fieldsIn({ map, list }: TypeView, value: unknown, counts: CountsEmpty): FieldsV1 | undefined {
  if (map && isObject(value)) return fieldsOfMap(map, value, counts);
  if (list && Array.isArray(value)) return fieldsOfList(list, value, counts);
  return LEAF;
}

function fieldsOfMap(view: MapView, value: JsonObject, counts: CountsEmpty): FieldsV1 | undefined {
  const children: [string, FieldsV1][] = [];
  for (const name of Object.keys(value)) {
    const member = value[name];
    const inner = fieldsIn(memberView(view, name), member, counts);
    const isEmpty = inner === undefined && counts(member);
    const node = isEmpty || !view.fields.has(name) ? owned(inner) : inner;
    if (node) children.push([memberElement(name), node]);
  }
  return children.length === 0 ? undefined : Object.fromEntries(children);
}

function fieldsOfList(view: ListView, items: readonly unknown[], counts: CountsEmpty): FieldsV1 | undefined {
  const elements = elementsOf(view, items);
  if (!elements) return LEAF;
  if (elements.length === 0) return undefined;
  const nodes = new Map<string, FieldsV1>();
  for (const [i, element] of elements.entries()) {
    // Of items that cannot be told apart only that they are there is known.
    nodes.set(element, nodes.has(element) ? LEAF : owned(fieldsIn(view.items, items[i], counts)));
  }
  return Object.fromEntries(nodes);
}

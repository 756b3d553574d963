import { equalJson } from "../json/equal-json.ts";
import { isObject, type JsonObject } from "../json/json-object.ts";
import { EMPTY, type FieldsV1, LEAF, owned } from "./fields-v1.ts";
import { elementsOf } from "./list-items.ts";
import { memberElement } from "./path-element.ts";
import { type ListView, type MapView, memberView, type TypeView } from "./type-view.ts";

/** What became of the paths between two values. */
export interface Comparison {
  readonly added: FieldsV1;
  readonly modified: FieldsV1;
  readonly removed: FieldsV1;
}

type Change = keyof Comparison;
const CHANGES: readonly Change[] = ["added", "modified", "removed"];

/** The same of one node; a member is absent when there is nothing of it. */
type Difference = { readonly [C in Change]?: FieldsV1 };

const SAME: Difference = Object.freeze({});
const NOTHING: JsonObject = Object.freeze({});
const ADDED: Difference = Object.freeze({ added: LEAF });
const MODIFIED: Difference = Object.freeze({ modified: LEAF });
const REMOVED: Difference = Object.freeze({ removed: LEAF });

/** Compares path by path; items of associative lists are found by their keys, so that their order means nothing. */
export function compare(view: TypeView, before: unknown, after: unknown): Comparison {
  const { added = EMPTY, modified = EMPTY, removed = EMPTY } = differ(view, before, after);
  return { added, modified, removed };
}

/** Undefined stands for "not there". */
function differ(view: TypeView, before: unknown, after: unknown): Difference {
  if (before === after) return SAME;
  const inner = differInside(view, before, after);
  if (!inner) return differAsLeaves(before, after);
  if (before === undefined) return { ...inner, added: owned(inner.added) };
  if (after === undefined) return { ...inner, removed: owned(inner.removed) };
  // One side is something else altogether: the node itself changed, beside what was or is in it.
  return isSplit(view, before) && isSplit(view, after)
    ? inner
    : { ...inner, modified: owned(inner.modified) };
}

function differAsLeaves(before: unknown, after: unknown): Difference {
  if (before === undefined) return ADDED;
  if (after === undefined) return REMOVED;
  return equalJson(before, after) ? SAME : MODIFIED;
}

/** Whether the value has, or could have, parts in this view; null could. */
function isSplit({ map, list }: TypeView, value: unknown): boolean {
  if (value === null) return true;
  if (Array.isArray(value)) return list !== undefined && elementsOf(list, value) !== undefined;
  return map !== undefined && isObject(value);
}

/** Undefined when neither side has parts: null, empty and absent are then told apart as leaves. */
function differInside({ map, list }: TypeView, before: unknown, after: unknown): Difference | undefined {
  const sides = [before, after];
  const hasMembers = map && sides.some((side) => isObject(side) && Object.keys(side).length > 0);
  const hasItems = list && sides.some((side) => Array.isArray(side) && side.length > 0);
  const members = hasMembers ? differMaps(map, objectOf(before), objectOf(after)) : undefined;
  const items = hasItems ? differLists(list, before, after) : undefined;
  // Where a map became a list, or the other way round, one side has only gone and the other only come.
  return members || items ? { ...members, ...items } : undefined;
}

function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : NOTHING;
}

function differMaps(view: MapView, before: JsonObject, after: JsonObject): Difference {
  const found = new Collector();
  for (const name of Object.keys(before)) {
    const now = Object.hasOwn(after, name) ? after[name] : undefined;
    found.put(memberElement(name), differ(memberView(view, name), before[name], now));
  }
  for (const name of Object.keys(after)) {
    if (!Object.hasOwn(before, name)) {
      found.put(memberElement(name), differ(memberView(view, name), undefined, after[name]));
    }
  }
  return found.difference;
}

/** Undefined when the items of neither side can be told apart. */
function differLists(view: ListView, before: unknown, after: unknown): Difference | undefined {
  const old = itemsOf(view, before);
  const now = itemsOf(view, after);
  if (!old && !now) return undefined;
  const found = new Collector();
  for (const element of new Set([...(old?.keys() ?? []), ...(now?.keys() ?? [])])) {
    found.put(element, differItems(view.items, old?.get(element) ?? [], now?.get(element) ?? []));
  }
  return found.difference;
}

/** Items by element; several with the same one are kept together. */
function itemsOf(view: ListView, value: unknown): ReadonlyMap<string, readonly unknown[]> | undefined {
  if (!Array.isArray(value)) return undefined;
  const elements = elementsOf(view, value);
  if (!elements) return undefined;
  const items = new Map<string, unknown[]>();
  for (const [i, element] of elements.entries()) {
    const same = items.get(element);
    if (same) same.push(value[i]);
    else items.set(element, [value[i]]);
  }
  return items;
}

/** Items that cannot be told apart are one leaf; when they come or go, the one that can be told apart comes or goes in its place. */
function differItems(view: TypeView, old: readonly unknown[], now: readonly unknown[]): Difference {
  if (old.length <= 1 && now.length <= 1) return differ(view, old[0], now[0]);
  if (old.length > 1 && now.length > 1) return equalJson(old, now) ? SAME : MODIFIED;
  return old.length > 1
    ? { ...differ(view, undefined, now[0]), ...REMOVED }
    : { ...differ(view, old[0], undefined), ...ADDED };
}

/** Gathers the differences of a node's parts. */
class Collector {
  readonly #parts: { [C in Change]?: Record<string, FieldsV1> } = {};

  put(element: string, difference: Difference): void {
    for (const change of CHANGES) {
      const node = difference[change];
      if (node) (this.#parts[change] ??= {})[element] = node;
    }
  }

  get difference(): Difference {
    return this.#parts;
  }
}

import type { FieldPath } from "@freehold/apis";

import { isObject } from "../json/json-object.ts";
import { elementOf } from "./list-items.ts";
import { type ListView, memberView, type TypeView } from "./type-view.ts";

/** An item that another one before it cannot be told from. */
export interface DuplicateItem {
  readonly path: FieldPath;
  /** What both have in common: the keys, or the member of the set. */
  readonly common: unknown;
}

/** Items that come twice in lists whose items are told apart by key or value. */
export function duplicateItems(
  view: TypeView,
  value: unknown,
  path: FieldPath = [],
): readonly DuplicateItem[] {
  if (view.map && isObject(value)) {
    const { map } = view;
    return Object.entries(value).flatMap(([name, member]) =>
      duplicateItems(memberView(map, name), member, [...path, name]),
    );
  }
  return view.list && Array.isArray(value) ? duplicatesIn(view.list, value, path) : [];
}

function duplicatesIn(view: ListView, items: readonly unknown[], path: FieldPath): readonly DuplicateItem[] {
  const seen = new Set<string>();
  return items.flatMap((item, i): readonly DuplicateItem[] => {
    const element = elementOf(view, item);
    const inner = duplicateItems(view.items, item, [...path, i]);
    if (element === undefined || !seen.has(element)) {
      if (element !== undefined) seen.add(element);
      return inner;
    }
    return [{ path: [...path, i], common: JSON.parse(element.slice(2)) }, ...inner];
  });
}

import { isObject } from "../json/json-object.ts";
import { elementOf } from "./list-items.ts";
import { memberElement, showElement } from "./path-element.ts";
import { type ListView, memberView, type TypeView } from "./type-view.ts";

/** What keeps the items of a value's associative lists from being told apart, as sentences that begin with the path. */
export function configProblems(view: TypeView, value: unknown): readonly string[] {
  return problemsAt(view, value, "");
}

function problemsAt({ map, list }: TypeView, value: unknown, path: string): readonly string[] {
  if (map && isObject(value)) {
    return Object.entries(value).flatMap(([name, member]) =>
      problemsAt(memberView(map, name), member, path + showElement(memberElement(name))),
    );
  }
  return list && Array.isArray(value) ? problemsOfItems(list, value, path) : [];
}

function problemsOfItems(view: ListView, items: readonly unknown[], path: string): readonly string[] {
  const seen = new Set<string>();
  return items.flatMap((item, i) => {
    const element = elementOf(view, item);
    if (element === undefined) return [`${path}: element ${i}: ${whyUnknown(view, item)}`];
    if (seen.has(element)) return [`${path}: duplicate entries for key ${showElement(element)}`];
    seen.add(element);
    return problemsAt(view.items, item, path + showElement(element));
  });
}

function whyUnknown({ keys }: ListView, item: unknown): string {
  if (item === null) return "associative list may not have a null element";
  if (keys.length === 0) return "a set may only have scalars";
  if (!isObject(item)) return "associative list with keys may not have non-map elements";
  return `associative list with keys has an element that omits all key fields ${JSON.stringify(keys)}`;
}

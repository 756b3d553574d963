import { isObject } from "../json/json-object.ts";
import { keyElement, valueElement } from "./path-element.ts";
import type { ListView } from "./type-view.ts";

/** The items' path elements, in order; undefined when an item has none, and the list therefore is one leaf. */
export function elementsOf(view: ListView, items: readonly unknown[]): readonly string[] | undefined {
  const elements: string[] = [];
  for (const item of items) {
    const element = elementOf(view, item);
    if (element === undefined) return undefined;
    elements.push(element);
  }
  return elements;
}

/** A key that is left out counts by its default; without one it is left out of the element, which then names another item. */
export function elementOf({ keys, keyDefaults }: ListView, item: unknown): string | undefined {
  if (keys.length === 0) {
    return item === null || typeof item === "object" ? undefined : valueElement(item);
  }
  if (!isObject(item)) return undefined;
  const found: [string, unknown][] = [];
  for (const key of keys) {
    const value = Object.hasOwn(item, key) ? item[key] : keyDefaults.get(key);
    if (value !== undefined) found.push([key, value]);
  }
  return found.length === 0 ? undefined : keyElement(found);
}

import { isObject, type JsonObject } from "../json/json-object.ts";
import { childOf, type FieldsV1, isBare, isOwned } from "./fields-v1.ts";
import { elementsOf } from "./list-items.ts";
import { memberElement } from "./path-element.ts";
import { type ListView, type MapView, memberView, type TypeView } from "./type-view.ts";

/** The object without the paths and all below them. A map or list that this empties stays, unless it is one of the paths. */
export function remove({ map }: TypeView, object: JsonObject, paths: FieldsV1): JsonObject {
  return isBare(paths) || !map ? object : removeMembers(map, object, paths);
}

function removeMembers(view: MapView, value: JsonObject, paths: FieldsV1): JsonObject {
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) => {
      const node = childOf(paths, memberElement(name));
      if (node && isOwned(node)) return [];
      return [[name, node ? removeBelow(memberView(view, name), member, node) : member]];
    }),
  );
}

function removeBelow({ map, list }: TypeView, value: unknown, paths: FieldsV1): unknown {
  if (map && isObject(value)) return removeMembers(map, value, paths);
  return list && Array.isArray(value) ? removeItems(list, value, paths) : value;
}

function removeItems(view: ListView, items: readonly unknown[], paths: FieldsV1): readonly unknown[] {
  const elements = elementsOf(view, items);
  if (!elements) return items;
  return elements.flatMap((element, i) => {
    const node = childOf(paths, element);
    if (node && isOwned(node)) return [];
    return [node ? removeBelow(view.items, items[i], node) : items[i]];
  });
}

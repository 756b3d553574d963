import { isObject, type JsonObject } from "../json/json-object.ts";
import { elementsOf } from "./list-items.ts";
import { type ListView, type MapView, memberView, type TypeView } from "./type-view.ts";

/**
 * Lays an applied configuration over the live value: maps by member, associative lists by item, and at the leaves the configuration
 * wins. Nothing that it does not mention is touched. Shares what it can with both.
 */
export function merge(view: TypeView, live: unknown, config: unknown): unknown {
  if (config === undefined) return live;
  if (view.map && isObject(live) && Object.keys(live).length > 0) {
    if (config === null) return live;
    if (isObject(config)) return mergeMaps(view.map, live, config);
  }
  if (view.list && Array.isArray(live) && live.length > 0) {
    if (config === null) return live;
    if (Array.isArray(config)) return mergeLists(view.list, live, config) ?? config;
  }
  return config;
}

function mergeMaps(view: MapView, live: JsonObject, config: JsonObject): JsonObject {
  const members = new Map(Object.entries(live));
  for (const [name, value] of Object.entries(config)) {
    members.set(name, merge(memberView(view, name), members.get(name), value));
  }
  return Object.fromEntries(members);
}

/**
 * The configuration's items keep its order; the others stay where they are between those that both have. Undefined when items
 * cannot be told apart.
 */
function mergeLists(
  view: ListView,
  live: readonly unknown[],
  config: readonly unknown[],
): readonly unknown[] | undefined {
  const liveElements = elementsOf(view, live);
  const configElements = elementsOf(view, config);
  if (!liveElements || !configElements) return undefined;
  const liveItems = distinctItems(liveElements, live);
  const wanted = new Set(configElements);
  const shared = configElements.filter((element) => liveItems.has(element)).values();
  const merged: unknown[] = [];
  let taken = 0;
  let next = shared.next().value;
  const takeThrough = (last: number): void => {
    for (; taken <= last; taken += 1) {
      const element = configElements[taken] ?? "";
      merged.push(merge(view.items, liveItems.get(element), config[taken]));
    }
  };
  for (const [i, element] of liveElements.entries()) {
    if (!wanted.has(element)) merged.push(live[i]);
    else if (element === next) {
      takeThrough(configElements.indexOf(element, taken));
      next = shared.next().value;
    }
    // A shared item out of the configuration's order comes when the configuration comes to it.
  }
  takeThrough(config.length - 1);
  return merged;
}

/** Items that can be told apart; of several with one element nothing is kept, so that the configuration's replaces them all. */
function distinctItems(elements: readonly string[], items: readonly unknown[]): ReadonlyMap<string, unknown> {
  const distinct = new Map<string, unknown>();
  for (const [i, element] of elements.entries()) {
    distinct.set(element, distinct.has(element) ? undefined : items[i]);
  }
  return distinct;
}

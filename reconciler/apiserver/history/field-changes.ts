import { equalJson } from "../json/equal-json.ts";
import { isObject } from "../json/json-object.ts";

/** One field that differs. Absent `from`: it was not there; absent `to`: it is no more. */
export interface FieldChange {
  /** `spec.limits.memory`, `labels["app.kubernetes.io/name"]`, `spec.ports[0].port`. */
  readonly path: string;
  readonly from?: unknown;
  readonly to?: unknown;
}

/** Lists longer than this are compared as a whole. */
const LONGEST_LIST = 1000;

/** The smallest fields in which two JSON values differ, in the order of the second. */
export function fieldChanges(from: unknown, to: unknown, path = ""): readonly FieldChange[] {
  if (isObject(from) && isObject(to)) {
    const names = new Set([...Object.keys(to), ...Object.keys(from)]);
    return [...names].flatMap((name) => memberChanges(from, to, name, path));
  }
  if (Array.isArray(from) && Array.isArray(to) && from.length === to.length && to.length <= LONGEST_LIST) {
    return to.flatMap((item, i) => fieldChanges(from[i], item, `${path}[${i}]`));
  }
  return equalJson(from, to) ? [] : [{ path, from, to }];
}

function memberChanges(from: object, to: object, name: string, path: string): readonly FieldChange[] {
  const below = childPath(path, name);
  if (!Object.hasOwn(from, name)) return [{ path: below, to: Reflect.get(to, name) }];
  if (!Object.hasOwn(to, name)) return [{ path: below, from: Reflect.get(from, name) }];
  return fieldChanges(Reflect.get(from, name), Reflect.get(to, name), below);
}

function childPath(path: string, name: string): string {
  if (!/^[A-Za-z_$][\w$-]*$/.test(name)) return `${path}[${JSON.stringify(name)}]`;
  return path === "" ? name : `${path}.${name}`;
}

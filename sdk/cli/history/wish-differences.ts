import { field, type Fields, fieldsOf, isFields } from "../json.ts";
import type { ReadChange } from "./revision-list.ts";

/** Fields people write that differ between two objects: labels, annotations, and members beside status. */
export function wishDifferences(before: Fields | undefined, after: Fields): readonly ReadChange[] {
  return differences(wishOf(before ?? {}), wishOf(after), "");
}

function wishOf(object: Fields): Fields {
  const { apiVersion: _, kind: __, metadata, status: ___, ...members } = object;
  const annotations = Object.entries(fieldsOf(field(metadata, "annotations"))).filter(
    ([name]) => !name.startsWith("kubectl.kubernetes.io/"),
  );
  return {
    labels: fieldsOf(field(metadata, "labels")),
    annotations: Object.fromEntries(annotations),
    ...members,
  };
}

function differences(from: unknown, to: unknown, path: string): readonly ReadChange[] {
  if (isFields(from) && isFields(to)) {
    const names = new Set([...Object.keys(to), ...Object.keys(from)]);
    return [...names].flatMap((name) =>
      differences(from[name], to[name], /^[\w$-]+$/.test(name) ? join(path, name) : `${path}["${name}"]`),
    );
  }
  return JSON.stringify(from) === JSON.stringify(to) ? [] : [{ path, from, to }];
}

function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}

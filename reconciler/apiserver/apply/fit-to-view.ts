import { type FieldsV1, isBare, LEAF, SELF } from "./fields-v1.ts";
import type { TypeView } from "./type-view.ts";
import { viewAt } from "./view-at.ts";

/**
 * Adapts a set to a schema that may have changed since: what has become one leaf is owned as a whole by whoever owned a part of it.
 * Answers the same set when nothing changes.
 */
export function fitToView(view: TypeView, fields: FieldsV1): FieldsV1 {
  let changed = false;
  const children = Object.entries(fields).map(([element, node]): [string, FieldsV1] => {
    const fitted = element === SELF ? node : fitNode(viewAt(view, element), node);
    changed ||= fitted !== node;
    return [element, fitted];
  });
  return changed ? Object.fromEntries(children) : fields;
}

function fitNode(view: TypeView, node: FieldsV1): FieldsV1 {
  if (isBare(node)) return node;
  return view.map || view.list ? fitToView(view, node) : LEAF;
}

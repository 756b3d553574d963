import { type FieldsV1, isBare, owned } from "./fields-v1.ts";
import { memberNameOf } from "./path-element.ts";
import type { TypeView } from "./type-view.ts";
import { viewAt } from "./view-at.ts";

/**
 * The set with each declared member that leads to one of its paths. Such members are owned through what is in them alone, yet must
 * count as owned when it is decided what may go.
 */
export function withNamedFields(view: TypeView, fields: FieldsV1): FieldsV1 {
  if (isBare(fields)) return fields;
  return Object.fromEntries(
    Object.entries(fields).map(([element, node]) => {
      const inner = withNamedFields(viewAt(view, element), node);
      const name = memberNameOf(element);
      return [element, name !== undefined && view.map?.fields.has(name) ? owned(inner) : inner];
    }),
  );
}

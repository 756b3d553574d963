import { memberNameOf } from "./path-element.ts";
import { ATOMIC, memberView, type TypeView } from "./type-view.ts";

/** The type below a path element; a leaf where the element does not lead anywhere in this type. */
export function viewAt({ map, list }: TypeView, element: string): TypeView {
  const name = memberNameOf(element);
  if (name === undefined) return list?.items ?? ATOMIC;
  return map ? memberView(map, name) : ATOMIC;
}

import { type FieldsV1, isBare, isOwned, SELF } from "./fields-v1.ts";
import { compareElements, showElement } from "./path-element.ts";

/** Every path of the set as conflicts name it (`.spec.ports[port=80].name`), in the order of the wire. */
export function showPaths(fields: FieldsV1): readonly string[] {
  return isBare(fields) ? [] : show(fields, "");
}

function show(node: FieldsV1, path: string): readonly string[] {
  const inner = Object.keys(node)
    .filter((element) => element !== SELF)
    .sort(compareElements)
    .flatMap((element) => {
      const child = node[element];
      return child ? show(child, path + showElement(element)) : [];
    });
  return path !== "" && isOwned(node) ? [path, ...inner] : inner;
}

import { type Fields, isFields, sortedDeep } from "../json.ts";
import { yamlText as orderedYaml } from "./yaml-text.ts";

/** JSON as kubectl prints it: members sorted, four spaces, and Go's escapes. */
export function jsonText(value: unknown): string {
  return `${goEscaped(JSON.stringify(sortedDeep(value), undefined, 4))}\n`;
}

/** JSON in one line as Go writes it, which escapes what HTML and JavaScript would take for their own. */
export function goJson(value: unknown): string {
  return goEscaped(JSON.stringify(sortedDeep(value)));
}

/** YAML as kubectl prints it, members sorted. */
export function yamlText(value: unknown): string {
  return orderedYaml(sortedDeep(value));
}

/** Without the book-keeping of who wrote which field. */
export function withoutManagedFields(object: Fields): Fields {
  if (!isFields(object["metadata"])) return object;
  const { managedFields: _, ...metadata } = object["metadata"];
  return { ...object, metadata };
}

/** What kubectl makes of several objects. */
export function listObject(items: readonly Fields[]): Fields {
  return { apiVersion: "v1", items, kind: "List", metadata: { resourceVersion: "" } };
}

/** Such characters stand in strings only, so escaping them in the finished text is right. */
function goEscaped(json: string): string {
  return json.replaceAll(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

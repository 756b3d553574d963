import { badRequest } from "../errors/request-errors.ts";
import { at, isObject } from "../json/json-object.ts";
import type { Attributes } from "./attributes.ts";

/** What an access review asks about; a LocalSubjectAccessReview's namespace is its own. Throws 400 unless it asks exactly one thing. */
export function readAttributes(spec: unknown, home: string | undefined): Attributes {
  const resource = at(spec, "resourceAttributes");
  const path = at(spec, "nonResourceAttributes");
  if (isObject(resource) === isObject(path)) {
    throw badRequest("spec: exactly one of nonResourceAttributes or resourceAttributes must be specified");
  }
  if (isObject(path)) return { verb: textAt(path, "verb") ?? "", path: textAt(path, "path") ?? "" };
  return {
    verb: textAt(resource, "verb") ?? "",
    group: textAt(resource, "group") ?? "",
    resource: textAt(resource, "resource") ?? "",
    subresource: textAt(resource, "subresource"),
    namespace: textAt(resource, "namespace") ?? home,
    name: textAt(resource, "name"),
  };
}

function textAt(value: unknown, name: string): string | undefined {
  const text = at(value, name);
  return typeof text === "string" && text !== "" ? text : undefined;
}

import { asSchema, type Schema } from "./structural-schema.ts";

const known = new WeakMap<Schema, boolean>();

/** Whether a schema has rules anywhere; found once. */
export function hasRules(schema: Schema): boolean {
  const found = known.get(schema) ?? search(schema);
  known.set(schema, found);
  return found;
}

function search({ properties = {}, additionalProperties, items, ...schema }: Schema): boolean {
  return (
    (schema["x-kubernetes-validations"] ?? []).length > 0 ||
    Object.values(properties).some(hasRules) ||
    (items !== undefined && hasRules(items)) ||
    (typeof additionalProperties === "object" && hasRules(asSchema(additionalProperties)))
  );
}

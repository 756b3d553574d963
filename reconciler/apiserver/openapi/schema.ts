import { at, isObject, type JsonObject } from "../json/json-object.ts";

/** Keywords of ours that mean nothing outside. */
const PRIVATE = new Set(["x-message", "$id", "$schema"]);
const CHILD_MAPS = new Set(["properties"]);

/** A kind's JSON Schema as OpenAPI 3.0 with Kubernetes' extensions: no patternProperties, no null type, no const. */
export function openApiSchema(schema: unknown): JsonObject {
  if (!isObject(schema)) return {};
  const { anyOf, patternProperties, const: constant, ...rest } = schema;
  const out: JsonObject = {};
  for (const [name, value] of Object.entries(rest)) {
    if (!PRIVATE.has(name)) out[name] = convertMember(name, value);
  }
  if (Array.isArray(out["required"])) out["required"] = withoutDefaults(out["required"], out["properties"]);
  if (isObject(patternProperties)) {
    out["type"] = "object";
    out["additionalProperties"] = openApiSchema(Object.values(patternProperties)[0]);
  }
  if (constant !== undefined) Object.assign(out, { type: typeof constant, enum: [constant] });
  return Array.isArray(anyOf) ? { ...out, ...alternatives(anyOf) } : out;
}

/** What the server fills in need not be given. */
function withoutDefaults(required: readonly unknown[], properties: unknown): readonly unknown[] {
  return required.filter((name) => at(properties, String(name), "default") === undefined);
}

function convertMember(name: string, value: unknown): unknown {
  if (CHILD_MAPS.has(name) && isObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([member, child]) => [member, openApiSchema(child)]));
  }
  if (name === "items" || (name === "additionalProperties" && isObject(value))) return openApiSchema(value);
  return value;
}

/** "X or null" is a nullable X; other alternatives stay as they are. */
function alternatives(branches: readonly unknown[]): JsonObject {
  const isNull = (branch: unknown): boolean => isObject(branch) && branch["type"] === "null";
  const others = branches.filter((branch) => !isNull(branch)).map(openApiSchema);
  const nullable = others.length < branches.length ? { nullable: true } : {};
  return others.length === 1 ? { ...others[0], ...nullable } : { anyOf: others, ...nullable };
}

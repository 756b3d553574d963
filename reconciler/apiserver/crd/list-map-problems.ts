import type { Problem } from "@freehold/apis";

import type { Schema } from "./structural-schema.ts";
import {
  duplicateValue,
  forbiddenValue,
  invalidValue,
  requiredValue,
  unsupportedValue,
} from "./value-problems.ts";

/** What `x-kubernetes-list-type` and `x-kubernetes-map-type` must find where they stand. */
export function listAndMapProblems(schema: Schema, path: string): readonly Problem[] {
  const { properties = {}, additionalProperties, items } = schema;
  return [
    ...listProblems(schema, path),
    ...mapProblems(schema, path),
    ...Object.entries(properties).flatMap(([name, member]) =>
      listAndMapProblems(member, `${path}.properties[${name}]`),
    ),
    ...(typeof additionalProperties === "object"
      ? listAndMapProblems(additionalProperties, `${path}.additionalProperties`)
      : []),
    ...(items ? listAndMapProblems(items, `${path}.items`) : []),
  ];
}

function mapProblems(schema: Schema, path: string): readonly Problem[] {
  const type = schema["x-kubernetes-map-type"];
  if (type === undefined) return [];
  if (type !== "atomic" && type !== "granular") {
    return [unsupportedValue(`${path}.x-kubernetes-map-type`, type, ["atomic", "granular"])];
  }
  if (schema.type === "object") return [];
  return [
    invalidValue(`${path}.type`, schema.type ?? "", "must be object if x-kubernetes-map-type is specified"),
  ];
}

function listProblems(schema: Schema, path: string): readonly Problem[] {
  const type = schema["x-kubernetes-list-type"];
  const keys = schema["x-kubernetes-list-map-keys"] ?? [];
  if (type !== "map" && keys.length > 0) {
    const why = "must be map if x-kubernetes-list-map-keys is non-empty";
    return [invalidValue(`${path}.x-kubernetes-list-type`, type ?? "", why)];
  }
  if (type === undefined) return [];
  if (!["atomic", "set", "map"].includes(type)) {
    return [unsupportedValue(`${path}.x-kubernetes-list-type`, type, ["atomic", "set", "map"])];
  }
  if (schema.type !== "array") {
    return [
      invalidValue(`${path}.type`, schema.type ?? "", "must be array if x-kubernetes-list-type is specified"),
    ];
  }
  if (type === "set") return setProblems(schema.items ?? {}, `${path}.items`);
  return type === "map" ? keyProblems(schema.items ?? {}, keys, path) : [];
}

/** Members of a set are compared as wholes, so they may have no parts that somebody could own alone. */
function setProblems(items: Schema, path: string): readonly Problem[] {
  if (items.nullable === true) {
    return [forbiddenValue(`${path}.nullable`, "cannot be nullable when x-kubernetes-list-type is set")];
  }
  if (items.type === "object" && items["x-kubernetes-map-type"] !== "atomic") {
    const why = "must be atomic as item of a list with x-kubernetes-list-type=set";
    return [invalidValue(`${path}.x-kubernetes-map-type`, items["x-kubernetes-map-type"] ?? "", why)];
  }
  if (items.type === "array" && ![undefined, "atomic"].includes(items["x-kubernetes-list-type"])) {
    const why = "must be atomic as item of a list with x-kubernetes-list-type=set";
    return [invalidValue(`${path}.x-kubernetes-list-type`, items["x-kubernetes-list-type"] ?? "", why)];
  }
  return [];
}

function keyProblems(items: Schema, keys: readonly string[], path: string): readonly Problem[] {
  const keysPath = `${path}.x-kubernetes-list-map-keys`;
  if (keys.length === 0)
    return [requiredValue(keysPath, "must not be empty if x-kubernetes-list-type is map")];
  if (items.type !== "object") {
    const why = "must be object if parent array's x-kubernetes-list-type is map";
    return [invalidValue(`${path}.items.type`, items.type ?? "", why)];
  }
  return keys.flatMap((key, i) => {
    const at = `${path}.items.properties[${key}]`;
    const schema = items.properties?.[key];
    if (keys.indexOf(key) < i) return [duplicateValue(`${keysPath}[${i}]`, key)];
    if (!schema)
      return [invalidValue(`${keysPath}[${i}]`, key, "entries must all be names of item properties")];
    if (schema.type === "array" || schema.type === "object") {
      return [
        invalidValue(
          `${at}.type`,
          schema.type,
          "must be a scalar type if parent array's x-kubernetes-list-type is map",
        ),
      ];
    }
    if (schema.default !== undefined || items.required?.includes(key) === true) return [];
    const why =
      "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property";
    return [requiredValue(`${at}.default`, why)];
  });
}

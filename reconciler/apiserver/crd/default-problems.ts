import { type Problem, showPath } from "@freehold/apis";

import { shapeValue } from "./shape-object.ts";
import type { Schema } from "./structural-schema.ts";
import { validateValue } from "./validate-value.ts";
import { invalidValue } from "./value-problems.ts";

/** Defaults that are not what the schema itself allows: objects would be born broken. */
export function defaultProblems(schema: Schema, path: string): readonly Problem[] {
  const { properties = {}, additionalProperties, items } = schema;
  return [
    ...ownProblems(schema, path),
    ...Object.entries(properties).flatMap(([name, member]) =>
      defaultProblems(member, `${path}.properties[${name}]`),
    ),
    ...(typeof additionalProperties === "object"
      ? defaultProblems(additionalProperties, `${path}.additionalProperties`)
      : []),
    ...(items ? defaultProblems(items, `${path}.items`) : []),
  ];
}

function ownProblems(schema: Schema, path: string): readonly Problem[] {
  if (schema.default === undefined) return [];
  const value = structuredClone(schema.default);
  const unknown = shapeValue(schema, value).map((field) =>
    invalidValue(`${path}.default`, schema.default, `must not have unknown fields: ${showPath(field)}`),
  );
  const broken = validateValue(schema, value, `${path}.default`).map((problem) =>
    problem.path === "<nil>" ? { ...problem, path: `${path}.default` } : problem,
  );
  return [...unknown, ...broken];
}

import type { Problem } from "@freehold/apis";

import { isObject } from "../json/json-object.ts";
import { compileJsonPath } from "../table/json-path.ts";
import type { DefinedVersion } from "./definition.ts";
import { asSchema, type Schema } from "./structural-schema.ts";
import { validateSchema } from "./validate-schema.ts";
import { forbiddenValue, invalidValue, requiredValue, tooMany } from "./value-problems.ts";

const MOST_SELECTABLE = 8;
const SIMPLE_PATH = /^(\.[A-Za-z_$][\w$-]*)+$/;

/** What is wrong with one version of a definition. */
export function versionProblems(version: DefinedVersion, path: string): readonly Problem[] {
  const { schema, subresources, additionalPrinterColumns = [], deprecated, deprecationWarning } = version;
  const schemaPath = `${path}.schema.openAPIV3Schema`;
  const raw = schema?.openAPIV3Schema;
  const schemaProblems =
    raw === undefined ? [requiredValue(schemaPath, "schemas are required")] : validateSchema(raw, schemaPath);
  return [
    ...schemaProblems,
    ...scaleProblems(subresources?.scale, `${path}.subresources.scale`),
    ...additionalPrinterColumns.flatMap(({ jsonPath }, i) =>
      pathProblems(jsonPath, `${path}.additionalPrinterColumns[${i}].jsonPath`),
    ),
    ...(schemaProblems.length === 0 ? fieldProblems(version, asSchema(raw), path) : []),
    ...(deprecationWarning !== undefined && deprecated !== true
      ? [forbiddenValue(`${path}.deprecationWarning`, "can only be set for deprecated versions")]
      : []),
  ];
}

type Scale = NonNullable<NonNullable<DefinedVersion["subresources"]>["scale"]>;

function scaleProblems(scale: Scale | undefined, path: string): readonly Problem[] {
  if (!scale) return [];
  const { specReplicasPath, statusReplicasPath, labelSelectorPath } = scale;
  return [
    ...below(specReplicasPath, `${path}.specReplicasPath`, [".spec"]),
    ...below(statusReplicasPath, `${path}.statusReplicasPath`, [".status"]),
    ...(labelSelectorPath === undefined
      ? []
      : below(labelSelectorPath, `${path}.labelSelectorPath`, [".spec", ".status"])),
  ];
}

function below(found: string, path: string, roots: readonly string[]): readonly Problem[] {
  if (!SIMPLE_PATH.test(found)) {
    return [invalidValue(path, found, "should be a simple json path without array notation")];
  }
  if (roots.some((root) => found.startsWith(`${root}.`))) return [];
  return [invalidValue(path, found, `should be a json path under ${roots.join(" or ")}`)];
}

function pathProblems(jsonPath: string, path: string): readonly Problem[] {
  try {
    compileJsonPath(jsonPath);
    return [];
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return [invalidValue(path, jsonPath, error.message)];
  }
}

/** Selectable fields must be scalars that the schema names. */
function fieldProblems(
  { selectableFields = [] }: DefinedVersion,
  schema: Schema,
  path: string,
): readonly Problem[] {
  const at = `${path}.selectableFields`;
  const found = selectableFields.map(({ jsonPath }) => jsonPath);
  if (found.length > MOST_SELECTABLE) return [tooMany(at, found.length, MOST_SELECTABLE)];
  return found.flatMap((jsonPath, i): readonly Problem[] => {
    const here = `${at}[${i}].jsonPath`;
    if (found.indexOf(jsonPath) < i) return [invalidValue(here, jsonPath, "must not be given twice")];
    if (jsonPath.startsWith(".metadata"))
      return [invalidValue(here, jsonPath, "must not point to fields in metadata")];
    const field = SIMPLE_PATH.test(jsonPath) ? fieldAt(schema, jsonPath) : undefined;
    if (field && ["string", "integer", "boolean"].includes(field.type ?? "")) return [];
    const why =
      "must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.";
    return [
      invalidValue(here, jsonPath, field ? why : "is an invalid path: does not refer to a valid field"),
    ];
  });
}

function fieldAt(schema: Schema, jsonPath: string): Schema | undefined {
  return jsonPath
    .slice(1)
    .split(".")
    .reduce<Schema | undefined>((at, name) => {
      const member = at?.properties?.[name];
      return isObject(member) ? member : undefined;
    }, schema);
}

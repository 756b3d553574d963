import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";
import type { TSchema } from "typebox";

import { showPath } from "./field-path.ts";
import type { Problem } from "./problem.ts";
import { unknownFieldsOf } from "./unknown-fields.ts";

export interface SchemaCheck {
  readonly problems: readonly Problem[];
  /** Paths of members the schema does not know (`spec.foo`); the caller prunes, warns or refuses. */
  readonly unknownFields: readonly string[];
}

interface Members {
  readonly properties: Readonly<Record<string, TSchema>>;
  readonly required: readonly string[];
}

const ajv = new Ajv({ allErrors: true, useDefaults: true, strict: false, verbose: true });
// ajv-formats is CommonJS; its default export arrives wrapped under nodenext.
addFormats.default(ajv);

/** Compiles the members beside apiVersion, kind and metadata; compilation waits for the first use. */
export function compileSchema(members: Members): (value: object) => SchemaCheck {
  let validate: ValidateFunction | undefined;
  const schema = { type: "object", properties: members.properties, required: members.required };
  return (value) => {
    validate ??= ajv.compile(schema);
    validate(value);
    const problems = withoutBranches(validate.errors ?? []).flatMap(problemOf);
    return { problems, unknownFields: unknownFieldsOf(schema, value) };
  };
}

/** One report per alternative: when no branch of an `anyOf` fits, what each branch lacked is noise. */
function withoutBranches(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const choices = errors.filter((error) => error.keyword === "anyOf" || error.keyword === "oneOf");
  const seen = new Set<string>();
  return errors.filter((error) => {
    if (choices.some((choice) => choice !== error && error.schemaPath.startsWith(`${choice.schemaPath}/`)))
      return false;
    const key = `${error.instancePath} ${error.keyword} ${JSON.stringify(error.params)}`;
    return !seen.has(key) && seen.add(key);
  });
}

function problemOf(error: ErrorObject): Problem[] {
  const path = pathOf(error.instancePath);
  const found = show(error.data);
  switch (error.keyword) {
    case "required": {
      const name = String(error.params["missingProperty"]);
      return [
        { path: path ? `${path}.${name}` : name, reason: "FieldValueRequired", message: "Required value" },
      ];
    }
    case "type": {
      const message = `Invalid value: ${found}: must be of type ${String(error.params["type"])}`;
      return [{ path, reason: "FieldValueTypeInvalid", message }];
    }
    case "enum":
    case "const": {
      const allowed: unknown = error.params["allowedValues"] ?? error.params["allowedValue"];
      const message = `Unsupported value: ${found}: supported values: ${show(allowed)}`;
      return [{ path, reason: "FieldValueNotSupported", message }];
    }
    case "anyOf":
    case "oneOf": {
      const wanted = `must be ${branchesOf(error).join(" or ")}`;
      return [{ path, reason: "FieldValueTypeInvalid", message: `Invalid value: ${found}: ${wanted}` }];
    }
    case "additionalProperties":
      // Reported as an unknown field instead: whether that is an error is the caller's choice.
      return [];
    case "maxLength":
    case "maxItems":
      return [{ path, reason: "FieldValueTooLong", message: `Invalid value: ${found}: ${sayRule(error)}` }];
    default:
      return [{ path, reason: "FieldValueInvalid", message: `Invalid value: ${found}: ${sayRule(error)}` }];
  }
}

function branchesOf(error: ErrorObject): readonly string[] {
  const branches: unknown = error.schema;
  if (!Array.isArray(branches)) return ["one of the alternatives"];
  return branches.map((branch: { type?: string; const?: unknown }) =>
    branch.const === undefined ? (branch.type ?? "an alternative") : show(branch.const),
  );
}

function sayRule(error: ErrorObject): string {
  const description: unknown = error.parentSchema?.["x-message"];
  return typeof description === "string" ? description : (error.message ?? error.keyword);
}

/** `/spec/ports/0/name` → `spec.ports[0].name`. */
function pathOf(pointer: string): string {
  const parts = pointer.split("/").slice(1);
  const names = parts.map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  return showPath(names.map((name) => (/^\d+$/.test(name) ? Number(name) : name)));
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? "null";
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

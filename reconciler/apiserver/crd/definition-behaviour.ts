import type { Problem, Resource } from "@freehold/apis";
import { customResourceDefinitionKind } from "@freehold/apis/extensions";

import { equalJson } from "../json/equal-json.ts";
import { at, isObject, type JsonObject } from "../json/json-object.ts";
import { asDefinition, CLEANUP, type Definition } from "./definition.ts";
import { hasRules } from "./has-rules.ts";
import type { RuleEngine } from "./rule-engine.ts";
import { dropUnknownKeywords } from "./schema-keywords.ts";
import { withCondition } from "./set-condition.ts";
import { asSchema } from "./structural-schema.ts";
import { validateDefinition } from "./validate-definition.ts";

/** Drops what schemas of a definition cannot hold, in place, and fills what its names leave open. Returns what was dropped. */
export function shapeDefinition(object: JsonObject): readonly string[] {
  const versions = at(object, "spec", "versions");
  const dropped = (Array.isArray(versions) ? versions : []).flatMap((version: unknown, i) => {
    const schema = at(version, "schema", "openAPIV3Schema");
    const path = ["spec", "versions", i, "schema", "openAPIV3Schema"];
    return isObject(schema) ? dropUnknownKeywords(schema, path) : [];
  });
  const { spec } = object;
  if (!isObject(spec)) return dropped;
  spec["conversion"] ??= { strategy: "None" };
  const { names } = spec;
  if (isObject(names) && typeof names["kind"] === "string") {
    names["singular"] ??= names["kind"].toLowerCase();
    names["listKind"] ??= `${names["kind"]}List`;
  }
  return dropped;
}

/** Beside what is sent, a definition remembers every version that objects were ever kept in. It has not been validated yet. */
export function prepareDefinition(next: Resource): void {
  const versions = at(next, "spec", "versions");
  const storage = Array.isArray(versions)
    ? versions.find((version) => at(version, "storage") === true)
    : undefined;
  const name = at(storage, "name");
  const definition = asDefinition(next);
  const stored = definition.status?.storedVersions ?? [];
  if (typeof name !== "string" || stored.includes(name)) return;
  definition.status = { ...definition.status, storedVersions: [...stored, name] };
}

/** Rules beyond the schema; they need an object that has passed it. */
export function definitionProblems(next: Resource, old: Resource | undefined): readonly Problem[] {
  const { problems } = customResourceDefinitionKind.check(next);
  if (problems.length > 0) return problems;
  return validateDefinition(asDefinition(next), old && asDefinition(old));
}

/** Faults of the rules in its schemas, which have to be compiled to find them. */
export async function definitionRuleProblems(
  engine: RuleEngine,
  next: Resource,
  old: Resource | undefined,
): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  for (const [i, { schema }] of asDefinition(next).spec.versions.entries()) {
    const structural = asSchema(schema?.openAPIV3Schema);
    const before = at(old, "spec", "versions", i, "schema", "openAPIV3Schema");
    if (!hasRules(structural) || equalJson(structural, before)) continue;
    problems.push(...(await engine.compile(structural, `spec.versions[${i}].schema.openAPIV3Schema`)));
  }
  return problems;
}

/** A definition that is being deleted stays until its objects are gone, and says so. */
export function markDefinition(marked: Resource, now: string): void {
  const definition: Definition = asDefinition(marked);
  const { metadata } = definition;
  metadata.finalizers = [...new Set([...(metadata.finalizers ?? []), CLEANUP])];
  definition.status = withCondition(
    definition.status,
    {
      type: "Terminating",
      status: "True",
      reason: "InstanceDeletionPending",
      message: "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon",
    },
    now,
  );
}

import type { ClusterRole, PolicyRule } from "@freehold/apis/rbac";

import { equalJson } from "../../json/equal-json.ts";
import { at, isObject } from "../../json/json-object.ts";

/** The rules an aggregated ClusterRole ought to have: those of all others its selectors match, each once, in order of names. */
export function gatheredRules(role: ClusterRole, all: readonly ClusterRole[]): readonly PolicyRule[] {
  const selectors = role.aggregationRule?.clusterRoleSelectors ?? [];
  const chosen = all
    .filter((one) => one.metadata.name !== role.metadata.name)
    .filter(({ metadata }) => selectors.some((selector) => selects(selector, metadata.labels ?? {})))
    .toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  const rules: PolicyRule[] = [];
  for (const rule of chosen.flatMap((one) => one.rules ?? [])) {
    if (!rules.some((known) => equalJson(known, rule))) rules.push(rule);
  }
  return rules;
}

/** A metav1.LabelSelector; an empty one selects everything, one that cannot be read nothing. */
function selects(selector: unknown, labels: Readonly<Record<string, string>>): boolean {
  if (!isObject(selector)) return false;
  const { matchLabels = {}, matchExpressions = [] } = selector;
  if (!isObject(matchLabels) || !Array.isArray(matchExpressions)) return false;
  return (
    Object.entries(matchLabels).every(
      ([name, value]) => Object.hasOwn(labels, name) && labels[name] === value,
    ) && matchExpressions.every((expression) => holds(expression, labels))
  );
}

function holds(expression: unknown, labels: Readonly<Record<string, string>>): boolean {
  const key = at(expression, "key");
  if (typeof key !== "string") return false;
  const given = at(expression, "values");
  const values: readonly unknown[] = Array.isArray(given) ? given : [];
  const found = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (at(expression, "operator")) {
    case "In":
      return found !== undefined && values.includes(found);
    case "NotIn":
      return found === undefined || !values.includes(found);
    case "Exists":
      return found !== undefined;
    case "DoesNotExist":
      return found === undefined;
    default:
      return false;
  }
}

import type { PolicyRule } from "@freehold/apis/rbac";

import { pathMatches } from "./rule-allows.ts";

/**
 * What of `wanted` the holder of `owned` does not have: whoever gives rights away must have them (Kubernetes' validation.Covers).
 * Each rule is broken into its smallest parts, and each part must lie within one owned rule.
 */
export function uncoveredRules(
  owned: readonly PolicyRule[],
  wanted: readonly PolicyRule[],
): readonly PolicyRule[] {
  return wanted.flatMap(breakDown).filter((part) => !owned.some((rule) => covers(rule, part)));
}

function breakDown(rule: PolicyRule): readonly PolicyRule[] {
  const { verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule;
  const names = resourceNames.length === 0 ? [{}] : resourceNames.map((name) => ({ resourceNames: [name] }));
  const places = apiGroups.flatMap((group) =>
    resources.flatMap((resource) =>
      names.map((name) => ({ apiGroups: [group], resources: [resource], ...name })),
    ),
  );
  const paths = nonResourceURLs.map((url) => ({ nonResourceURLs: [url] }));
  return verbs.flatMap((verb) => [...places, ...paths].map((part) => ({ verbs: [verb], ...part })));
}

function covers(owner: PolicyRule, part: PolicyRule): boolean {
  const { apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = owner;
  if (!hasAll(owner.verbs, part.verbs)) return false;
  if (part.nonResourceURLs) {
    return part.nonResourceURLs.every((path) => nonResourceURLs.some((url) => pathMatches(url, path)));
  }
  return (
    hasAll(apiGroups, part.apiGroups ?? []) &&
    (part.resources ?? []).every((wanted) => resources.some((one) => coversResource(one, wanted))) &&
    (resourceNames.length === 0 ||
      (part.resourceNames !== undefined && part.resourceNames.every((name) => resourceNames.includes(name))))
  );
}

function coversResource(owned: string, wanted: string): boolean {
  if (owned === "*" || owned === wanted) return true;
  const [, subresource] = wanted.split("/", 2);
  return subresource !== undefined && owned === `*/${subresource}`;
}

function hasAll(owned: readonly string[], wanted: readonly string[]): boolean {
  return owned.includes("*") || wanted.every((one) => owned.includes(one));
}

import type { PolicyRule } from "@freehold/apis/rbac";

import { type Attributes, isPath, type PathAttributes, type ResourceAttributes } from "../attributes.ts";

const ALL = "*";

/** Whether a role's rule allows a wish (Kubernetes' RuleAllows). */
export function ruleAllows(rule: PolicyRule, attributes: Attributes): boolean {
  if (!has(rule.verbs, attributes.verb)) return false;
  return isPath(attributes) ? allowsPath(rule, attributes) : allowsResource(rule, attributes);
}

function allowsPath({ nonResourceURLs = [] }: PolicyRule, { path }: PathAttributes): boolean {
  return nonResourceURLs.some((url) => pathMatches(url, path));
}

/** A trailing `*` stands for any rest, also for none. */
export function pathMatches(url: string, path: string): boolean {
  return url === ALL || url === path || (url.endsWith(ALL) && path.startsWith(url.slice(0, -1)));
}

function allowsResource(rule: PolicyRule, attributes: ResourceAttributes): boolean {
  const { group, resource, subresource, name } = attributes;
  const { apiGroups = [], resources = [], resourceNames = [] } = rule;
  if (!has(apiGroups, group)) return false;
  const full = subresource === undefined ? resource : `${resource}/${subresource}`;
  const named = resources.some(
    (one) => one === ALL || one === full || (subresource !== undefined && one === `${ALL}/${subresource}`),
  );
  if (!named) return false;
  // Without a name (create, list, deletecollection) a rule for certain names says nothing.
  return resourceNames.length === 0 || (name !== undefined && resourceNames.includes(name));
}

function has(list: readonly string[], wanted: string): boolean {
  return list.includes(ALL) || list.includes(wanted);
}

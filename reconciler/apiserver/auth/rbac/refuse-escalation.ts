import type { Kind, Resource } from "@freehold/apis";
import {
  clusterRoleBindingKind,
  clusterRoleKind,
  type PolicyRule,
  roleBindingKind,
  roleKind,
  type RoleRef,
} from "@freehold/apis/rbac";

import { forbidden } from "../../errors/object-errors.ts";
import type { ObjectChange } from "../../history/record-change.ts";
import { equalJson } from "../../json/equal-json.ts";
import type { Access } from "../access.ts";
import { wishFor } from "../attributes.ts";
import type { Identity } from "../identity.ts";
import { uncoveredRules } from "./uncovered-rules.ts";

const ANYTHING: readonly PolicyRule[] = [
  { verbs: ["*"], apiGroups: ["*"], resources: ["*"] },
  { verbs: ["*"], nonResourceURLs: ["*"] },
];

/**
 * Nobody gives away what they do not have. Throws 403 when a role or binding would, unless its writer may `escalate` the role or
 * `bind` it.
 */
export function refuseEscalation(
  access: Access,
  identity: Identity,
  { kind, before, after }: ObjectChange,
): void {
  if (!after) return;
  const wanted = rulesGiven(access, before, after);
  if (!wanted || mayAnyway(access, identity, after)) return;
  const { name, namespace } = after.metadata;
  const lacking = uncoveredRules(access.rulesFor(identity, namespace), wanted);
  if (lacking.length === 0) return;
  throw forbidden(kind, name, sayLacking(identity, lacking));
}

/** What a write gives; undefined when it changes nothing about that. */
function rulesGiven(
  access: Access,
  before: Resource | undefined,
  after: Resource,
): readonly PolicyRule[] | undefined {
  if (clusterRoleKind.matches(after) || roleKind.matches(after)) {
    const old: typeof after | undefined = before;
    const aggregation = clusterRoleKind.matches(after) ? after.aggregationRule : undefined;
    // Who chooses what is gathered may come to give anything.
    if (aggregation && !equalJson(old && Reflect.get(old, "aggregationRule"), aggregation)) return ANYTHING;
    return old && equalJson(old.rules, after.rules) ? undefined : (after.rules ?? []);
  }
  if (!roleBindingKind.matches(after) && !clusterRoleBindingKind.matches(after)) return undefined;
  const old: typeof after | undefined = before;
  if (!after.roleRef || (old && equalJson(old.subjects, after.subjects))) return undefined;
  return access.rulesOf(after.roleRef, after.metadata.namespace);
}

function mayAnyway(access: Access, identity: Identity, after: Resource): boolean {
  const { name, namespace } = after.metadata;
  const may = (verb: string, kind: Kind, of: string): boolean =>
    access.authorize(identity, wishFor(verb, kind, { namespace, name: of })).allowed;
  if (clusterRoleKind.matches(after)) return may("escalate", clusterRoleKind, name);
  if (roleKind.matches(after)) return may("escalate", roleKind, name);
  const roleRef = Reflect.get(after, "roleRef") as RoleRef;
  return may("bind", roleRef.kind === "Role" ? roleKind : clusterRoleKind, roleRef.name);
}

/** Word for word as kube-apiserver, down to Go's way of showing lists. */
function sayLacking({ user, groups }: Identity, rules: readonly PolicyRule[]): string {
  const list = (items: readonly string[]): string => items.map((item) => JSON.stringify(item)).join(" ");
  const who = `user "${user}" (groups=[${list(groups)}])`;
  return `${who} is attempting to grant RBAC permissions not currently held:\n${rules.map(showRule).join("\n")}`;
}

function showRule(rule: PolicyRule): string {
  const members = [
    ["APIGroups", rule.apiGroups],
    ["Resources", rule.resources],
    ["ResourceNames", rule.resourceNames],
    ["NonResourceURLs", rule.nonResourceURLs],
    ["Verbs", rule.verbs],
  ] as const;
  const shown = members.flatMap(([name, items]) =>
    items === undefined ? [] : [`${name}:[${items.map((item) => JSON.stringify(item)).join(" ")}]`],
  );
  return `{${shown.join(", ")}}`;
}

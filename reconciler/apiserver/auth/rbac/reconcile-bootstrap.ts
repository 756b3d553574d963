import type { ResourceOf } from "@freehold/apis";
import {
  type ClusterRole,
  clusterRoleBindingKind,
  clusterRoleKind,
  type PolicyRule,
} from "@freehold/apis/rbac";

import { isApiError } from "../../errors/api-error.ts";
import type { Registry } from "../../registry/registry.ts";
import { bootstrapBindings, type BootstrapRole, bootstrapRoles } from "./bootstrap-roles.ts";
import { uncoveredRules } from "./uncovered-rules.ts";

type ClusterRoleBinding = ResourceOf<typeof clusterRoleBindingKind>;

const AUTOUPDATE = "rbac.authorization.kubernetes.io/autoupdate";
const LABELS = { "kubernetes.io/bootstrapping": "rbac-defaults" };
const BY = { manager: "freehold-bootstrap" };

/**
 * Makes the roles and bindings that are there from the start, and gives them back what somebody took away; what was added stays.
 * Those with the annotation `rbac.authorization.kubernetes.io/autoupdate: "false"` are left alone, as in Kubernetes.
 */
export async function reconcileBootstrap(registry: Registry): Promise<void> {
  const roles = new Map(await named<ClusterRole>(registry, clusterRoleKind));
  for (const wanted of bootstrapRoles(registry.kinds.all())) {
    const next = repairedRole(wanted, roles.get(wanted.name));
    if (next) await write(registry, clusterRoleKind, next);
  }
  const bindings = new Map(await named<ClusterRoleBinding>(registry, clusterRoleBindingKind));
  for (const { role, groups } of bootstrapBindings) {
    const next = repairedBinding(role, groups, bindings.get(role));
    if (next) await write(registry, clusterRoleBindingKind, next);
  }
}

type BootstrapKind = typeof clusterRoleKind | typeof clusterRoleBindingKind;

async function named<R extends ClusterRole | ClusterRoleBinding>(
  registry: Registry,
  kind: BootstrapKind,
): Promise<readonly [string, R][]> {
  const { items } = await registry.list(kind);
  return items.map((item) => [item.metadata.name, kind.decode(item) as R]);
}

/** What must be written; undefined when nothing is missing. */
export function repairedRole(wanted: BootstrapRole, found: ClusterRole | undefined): object | undefined {
  if (!found) return bornRole(wanted);
  const labels = missing(found.metadata.labels, { ...LABELS, ...wanted.labels });
  // What is gathered is the gathering loop's to fill in.
  const has = found.rules ?? [];
  const lost = wanted.rules.filter((rule) => uncoveredRules(has, [rule]).length > 0);
  const rules = wanted.gathers === undefined ? lost : [];
  if (isLeftAlone(found) || (rules.length === 0 && !labels)) return undefined;
  return {
    ...found,
    metadata: { ...found.metadata, labels: { ...found.metadata.labels, ...labels } },
    ...(rules.length > 0 && { rules: [...has, ...rules] }),
  };
}

function bornRole({ name, rules, labels, gathers }: BootstrapRole): object {
  return {
    metadata: { name, labels: { ...LABELS, ...labels }, annotations: { [AUTOUPDATE]: "true" } },
    rules: rules satisfies readonly PolicyRule[],
    ...(gathers !== undefined && {
      aggregationRule: { clusterRoleSelectors: [{ matchLabels: { [gathers]: "true" } }] },
    }),
  };
}

export function repairedBinding(
  role: string,
  groups: readonly string[],
  found: ClusterRoleBinding | undefined,
): object | undefined {
  const subjects = groups.map((name) => ({ kind: "Group", apiGroup: clusterRoleKind.group, name }));
  if (!found) {
    return {
      metadata: { name: role, labels: LABELS, annotations: { [AUTOUPDATE]: "true" } },
      subjects,
      roleRef: { apiGroup: clusterRoleKind.group, kind: "ClusterRole", name: role },
    };
  }
  const has = found.subjects ?? [];
  const lost = subjects.filter(({ name }) => !has.some((one) => one.kind === "Group" && one.name === name));
  return isLeftAlone(found) || lost.length === 0 ? undefined : { ...found, subjects: [...has, ...lost] };
}

function isLeftAlone({ metadata }: ClusterRole | ClusterRoleBinding): boolean {
  return metadata.annotations?.[AUTOUPDATE] === "false";
}

function missing(
  found: Readonly<Record<string, string>> = {},
  wanted: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> | undefined {
  const lost = Object.entries(wanted).filter(([name, value]) => found[name] !== value);
  return lost.length === 0 ? undefined : Object.fromEntries(lost);
}

/** Another server of the same store may do the same at the same time, and then it is done. */
async function write(registry: Registry, kind: BootstrapKind, next: object): Promise<void> {
  const { metadata } = next as { readonly metadata: { readonly name: string; readonly uid?: string } };
  try {
    if (metadata.uid === undefined) await registry.create(kind, undefined, next, BY);
    else await registry.update(kind, metadata, () => next, BY);
  } catch (error) {
    if (!isApiError(error, "AlreadyExists") && !isApiError(error, "Conflict")) throw error;
  }
}

import { refKey, type Resource } from "@freehold/apis";
import {
  type ClusterRole,
  clusterRoleBindingKind,
  clusterRoleKind,
  type PolicyRule,
  type Role,
  type RoleBinding,
  roleBindingKind,
  roleKind,
  type RoleRef,
  type Subject,
} from "@freehold/apis/rbac";

import type { Attributes } from "../attributes.ts";
import { isPath } from "../attributes.ts";
import type { Identity } from "../identity.ts";
import { ruleAllows } from "./rule-allows.ts";

/** A role somebody has, and where. */
export interface Grant {
  /** Absent: everywhere. */
  readonly namespace: string | undefined;
  readonly role: RoleRef;
  /** `ClusterRoleBinding "x"`, for messages. */
  readonly by: string;
}

/**
 * All roles and bindings, in memory: who has which. Lookups go by name of user and group, so that a decision costs what its user has,
 * not what there is.
 */
export class RoleIndex {
  readonly #roles = new Map<string, Role | ClusterRole>();
  readonly #bindings = new Map<string, RoleBinding>();
  #grants: ReadonlyMap<string, readonly Grant[]> | undefined;

  /** Takes a role or binding in, in place of what it was before; others are ignored. */
  put(resource: Resource): void {
    const key = keyOf(resource);
    if (clusterRoleKind.matches(resource) || roleKind.matches(resource)) this.#roles.set(key, resource);
    if (!clusterRoleBindingKind.matches(resource) && !roleBindingKind.matches(resource)) return;
    this.#bindings.set(key, resource);
    this.#grants = undefined;
  }

  remove(resource: Resource): void {
    const key = keyOf(resource);
    this.#roles.delete(key);
    if (this.#bindings.delete(key)) this.#grants = undefined;
  }

  /** Every role and binding it knows. */
  all(): readonly Resource[] {
    return [...this.#roles.values(), ...this.#bindings.values()];
  }

  /** The first grant that allows a wish. */
  grantFor(identity: Identity, attributes: Attributes): Grant | undefined {
    const namespace = isPath(attributes) ? undefined : attributes.namespace;
    for (const grant of this.#grantsOf(identity, namespace)) {
      if (this.rulesOf(grant.role, grant.namespace).some((rule) => ruleAllows(rule, attributes)))
        return grant;
    }
    return undefined;
  }

  /** All that somebody may do: everywhere, and in a namespace when one is named. */
  rulesFor(identity: Identity, namespace: string | undefined): readonly PolicyRule[] {
    return [...this.#grantsOf(identity, namespace)].flatMap((grant) =>
      this.rulesOf(grant.role, grant.namespace),
    );
  }

  /** A role's rules; none when there is no such role. */
  rulesOf({ kind, name }: RoleRef, namespace: string | undefined): readonly PolicyRule[] {
    const place = kind === "Role" ? roleKind.ref(name, namespace ?? "") : clusterRoleKind.ref(name);
    return this.#roles.get(refKey(place))?.rules ?? [];
  }

  *#grantsOf({ user, groups }: Identity, namespace: string | undefined): Generator<Grant> {
    this.#grants ??= grantsBySubject(this.#bindings.values());
    for (const key of [`User ${user}`, ...groups.map((group) => `Group ${group}`)]) {
      for (const grant of this.#grants.get(key) ?? []) {
        if (grant.namespace === undefined || grant.namespace === namespace) yield grant;
      }
    }
  }
}

function keyOf({ kind, metadata }: Resource): string {
  const group = clusterRoleKind.group;
  const place = { kind: `${kind}.${group}`, name: metadata.name };
  return refKey(metadata.namespace === undefined ? place : { ...place, namespace: metadata.namespace });
}

function grantsBySubject(bindings: Iterable<RoleBinding>): ReadonlyMap<string, readonly Grant[]> {
  const found = new Map<string, Grant[]>();
  for (const { kind, metadata, roleRef, subjects = [] } of bindings) {
    if (!roleRef) continue;
    const where = metadata.namespace === undefined ? metadata.name : `${metadata.name}/${metadata.namespace}`;
    const grant = { namespace: metadata.namespace, role: roleRef, by: `${kind} "${where}"` };
    for (const subject of subjects) {
      const key = subjectKey(subject, metadata.namespace);
      if (key !== undefined) found.set(key, [...(found.get(key) ?? []), grant]);
    }
  }
  return found;
}

/** A service account is a user by its long name; one without a namespace is nobody. */
function subjectKey({ kind, name, namespace }: Subject, home: string | undefined): string | undefined {
  if (kind !== "ServiceAccount") return `${kind} ${name}`;
  const place = namespace ?? home;
  return place === undefined ? undefined : `User system:serviceaccount:${place}:${name}`;
}

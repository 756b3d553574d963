import type { Kind } from "@freehold/apis";

/** Where objects live in the store: `/registry/<group or core>/<plural>/[<namespace>/]<name>`. */

export interface ObjectKey {
  /** Absent for cluster-scoped kinds. */
  readonly namespace?: string | undefined;
  readonly name: string;
}

export const ROOT = "/registry/";

export function kindPrefix(kind: Kind): string {
  return `${ROOT}${kind.group === "" ? "core" : kind.group}/${kind.plural}/`;
}

/** Prefix of a list: the kind's, or one namespace's. */
export function listPrefix(kind: Kind, namespace: string | undefined): string {
  return namespace === undefined ? kindPrefix(kind) : `${kindPrefix(kind)}${namespace}/`;
}

export function keyOf(kind: Kind, { namespace, name }: ObjectKey): string {
  return `${listPrefix(kind, kind.scope === "Namespaced" ? (namespace ?? "") : undefined)}${name}`;
}

/** Whose key it is; undefined for kinds that are not served. */
export function readKey(kinds: readonly Kind[], key: string): { kind: Kind; key: ObjectKey } | undefined {
  const kind = kinds.find((one) => key.startsWith(kindPrefix(one)));
  if (!kind) return undefined;
  const rest = key.slice(kindPrefix(kind).length);
  const slash = rest.indexOf("/");
  if (kind.scope === "Cluster") return { kind, key: { name: rest } };
  return { kind, key: { namespace: rest.slice(0, slash), name: rest.slice(slash + 1) } };
}

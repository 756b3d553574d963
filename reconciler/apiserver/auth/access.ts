import type { Kind, Resource } from "@freehold/apis";
import type { PolicyRule } from "@freehold/apis/rbac";

import { type Attributes, isPath, type ResourceAttributes } from "./attributes.ts";
import { boundsOf } from "./bounds.ts";
import { AGENTS, CONTROLLERS, type Identity, MASTERS, PACKAGES } from "./identity.ts";
import type { RoleIndex } from "./rbac/role-index.ts";

export type Decision =
  | {
      readonly allowed: true;
      /** Why, for the audit log and for reviews. */
      readonly reason: string;
      /** Only these objects, before and after the write; absent means all. */
      readonly within?: ((resource: Resource) => boolean) | undefined;
    }
  | { readonly allowed: false; readonly reason: string };

/** Decides from the request alone. */
export type Authorizer = (identity: Identity, attributes: Attributes) => Decision;

/** Names who writes a derived kind, for the message that refuses a person. */
export type OwnerOf = (kind: Kind) => string | undefined;

export interface AccessPorts {
  /** The roles as they are now. */
  readonly roles: () => RoleIndex;
  /** The kind of a group and plural, as served now; undefined when none is. */
  readonly kindOf: (group: string, plural: string) => Kind | undefined;
  readonly ownerOf: OwnerOf;
}

const READING: ReadonlySet<string> = new Set(["get", "list", "watch"]);
/** Verbs that are about an object without writing it. */
const ASKING: ReadonlySet<string> = new Set(["bind", "escalate", "impersonate"]);

/** Who may do what: roles give rights, and what a caller is by nature bounds them. */
export class Access {
  readonly #ports: AccessPorts;

  constructor(ports: AccessPorts) {
    this.#ports = ports;
  }

  readonly authorize: Authorizer = (identity, attributes) => {
    const { groups } = identity;
    const grant = groups.includes(MASTERS)
      ? "system:masters may do everything"
      : this.#grantText(identity, attributes);
    if (grant === undefined) return { allowed: false, reason: "" };
    if (isPath(attributes)) return { allowed: true, reason: grant };
    const refusal = this.#refuseDerived(identity, attributes);
    if (refusal !== undefined) return { allowed: false, reason: refusal };
    const bounds = boundsOf(identity, attributes);
    if (typeof bounds === "string") return { allowed: false, reason: bounds };
    return { allowed: true, reason: grant, within: bounds };
  };

  /** All that somebody may do: everywhere, and in a namespace when one is named. */
  rulesFor(identity: Identity, namespace: string | undefined): readonly PolicyRule[] {
    return this.#ports.roles().rulesFor(identity, namespace);
  }

  /** The rules a binding in a namespace would give. */
  rulesOf(...role: Parameters<RoleIndex["rulesOf"]>): readonly PolicyRule[] {
    return this.#ports.roles().rulesOf(...role);
  }

  #grantText(identity: Identity, attributes: Attributes): string | undefined {
    const grant = this.#ports.roles().grantFor(identity, attributes);
    return grant && `RBAC: allowed by ${grant.by} of ${grant.role.kind} "${grant.role.name}"`;
  }

  /** Derived kinds are one controller's to write; whatever roles a person has, the person is told whose. */
  #refuseDerived({ groups }: Identity, attributes: ResourceAttributes): string | undefined {
    const { verb, group, resource } = attributes;
    if (READING.has(verb) || ASKING.has(verb)) return undefined;
    if ([CONTROLLERS, AGENTS, PACKAGES].some((one) => groups.includes(one))) return undefined;
    const kind = this.#ports.kindOf(group, resource);
    const isRevoked = kind?.kind === "Session" && (verb === "delete" || verb === "deletecollection");
    if (kind?.tier !== "derived" || isRevoked) return undefined;
    const owner = this.#ports.ownerOf(kind);
    const writer = owner === undefined ? "a controller" : `the controller "${owner}"`;
    return `${kind.kind} is derived: it is written by ${writer} only; change the resource it is derived from`;
  }
}

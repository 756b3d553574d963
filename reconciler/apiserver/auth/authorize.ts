import type { Kind, Resource } from "@freehold/apis";

import { at } from "../json/json-object.ts";
import { AGENTS, CONTROLLERS, type Identity, MASTERS, packageOf } from "./identity.ts";

export type Verb = "get" | "list" | "watch" | "create" | "update" | "patch" | "delete" | "deletecollection";

/** What somebody wants to do with objects of a kind. */
export interface Attributes {
  readonly verb: Verb;
  readonly kind: Kind;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
}

export type Decision =
  | {
      readonly allowed: true;
      /** Only these objects, before and after the write; absent means all. */
      readonly within?: (resource: Resource) => boolean;
    }
  | { readonly allowed: false; readonly reason: string };

/** Decides from the request alone; role-based access can take its place. */
export type Authorizer = (identity: Identity, attributes: Attributes) => Decision;

const READING: ReadonlySet<Verb> = new Set(["get", "list", "watch"]);
const OF_PACKAGES: ReadonlySet<string> = new Set(["Action", "Binding", "ServiceInterface", "ServiceReport"]);

/** Names who writes a derived kind, for the message that refuses a person. */
export type OwnerOf = (kind: Kind) => string | undefined;

/** People write public kinds, controllers and agents everything, a package only what it says about itself. */
export function fixedAuthorizer(ownerOf: OwnerOf): Authorizer {
  return (identity, attributes) => {
    const { groups } = identity;
    if (groups.includes(CONTROLLERS) || groups.includes(AGENTS)) return { allowed: true };
    if (groups.includes(MASTERS)) return forPeople(attributes, ownerOf);
    const own = packageOf(identity);
    return own ? forPackage(own, attributes) : { allowed: false, reason: "" };
  };
}

function forPeople({ kind, verb }: Attributes, ownerOf: OwnerOf): Decision {
  if (kind.tier !== "derived" || READING.has(verb)) return { allowed: true };
  const owner = ownerOf(kind);
  const writer = owner === undefined ? "a controller" : `the controller "${owner}"`;
  return {
    allowed: false,
    reason: `${kind.kind} is derived: it is written by ${writer} only; change the resource it is derived from`,
  };
}

function forPackage(own: { namespace: string; name: string }, attributes: Attributes): Decision {
  const { kind, verb, namespace, name } = attributes;
  if (
    namespace !== own.namespace ||
    (kind.group !== "package.freehold.dev" && kind.group !== "network.freehold.dev")
  ) {
    return { allowed: false, reason: "a package may only act in its own namespace" };
  }
  if (kind.kind === "Package" && verb === "get" && name === own.name) return { allowed: true };
  if (!OF_PACKAGES.has(kind.kind)) {
    return { allowed: false, reason: "a package may only write what it says about itself" };
  }
  return { allowed: true, within: (resource) => belongsTo(resource, own.name) };
}

function belongsTo(resource: Resource, packageName: string): boolean {
  const said = at(resource, "spec", "package") ?? resource.metadata.labels?.["package.freehold.dev/package"];
  return said === packageName;
}

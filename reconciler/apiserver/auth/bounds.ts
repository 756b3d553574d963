import type { Resource } from "@freehold/apis";

import { at } from "../json/json-object.ts";
import type { ResourceAttributes } from "./attributes.ts";
import { AGENTS, type Identity, machineOf, PACKAGES, packageOf } from "./identity.ts";

type Bounds = (resource: Resource) => boolean;

/** Readable by every agent: packages find each other wherever they run. */
const READ_BY_ALL_AGENTS: ReadonlySet<string> = new Set(["machines", "containers"]);
/** Groups whose objects say whose they are. */
const OF_PACKAGES: ReadonlySet<string> = new Set(["package.freehold.dev", "network.freehold.dev"]);
const READING: ReadonlySet<string> = new Set(["get", "list", "watch"]);
/** Objects of one machine, by plural. */
const OF_MACHINES: ReadonlySet<string> = new Set([
  "archives",
  "bridges",
  "containers",
  "machines",
  "packetrules",
  "volumes",
]);

/**
 * What bounds a caller beyond its roles, because of what it is: an agent to its machine, a package to itself. A text says why nothing
 * is allowed; undefined that nothing is bounded.
 */
export function boundsOf(identity: Identity, attributes: ResourceAttributes): Bounds | string | undefined {
  if (identity.groups.includes(AGENTS)) return agentBounds(machineOf(identity), attributes);
  if (!identity.groups.includes(PACKAGES)) return undefined;
  const own = packageOf(identity);
  return own ? packageBounds(own, attributes) : "this user names no package";
}

function agentBounds(
  machine: string | undefined,
  { verb, resource }: ResourceAttributes,
): Bounds | string | undefined {
  if (machine === undefined) return "this user names no machine";
  if (!OF_MACHINES.has(resource)) return undefined;
  if (READING.has(verb) && READ_BY_ALL_AGENTS.has(resource)) return undefined;
  return (object) => concerns(object, resource, machine);
}

function concerns(object: Resource, resource: string, machine: string): boolean {
  return resource === "machines"
    ? object.metadata.name === machine
    : at(object, "spec", "machine") === machine;
}

function packageBounds(
  own: { readonly namespace: string; readonly name: string },
  { group, namespace, resource, name }: ResourceAttributes,
): Bounds | string | undefined {
  // Elsewhere it has what everybody has who is known, such as asking who it is.
  if (!OF_PACKAGES.has(group)) return undefined;
  if (namespace !== own.namespace) return "a package may only act in its own namespace";
  if (resource === "packages") {
    return name === own.name
      ? (object) => object.metadata.name === own.name
      : "a package may only write what it says about itself";
  }
  return (object) => belongsTo(object, own.name);
}

function belongsTo(resource: Resource, packageName: string): boolean {
  const said = at(resource, "spec", "package") ?? resource.metadata.labels?.["package.freehold.dev/package"];
  return said === packageName;
}

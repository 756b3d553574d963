import type { Kind, ManagedFieldsEntry, Resource } from "@freehold/apis";

import {
  type Managers,
  type Operation,
  readManagers,
  storedManagers,
  writeManagers,
} from "../apply/managers.ts";
import { trackUpdate } from "../apply/track-update.ts";
import type { WriteContext } from "../apply/write-context.ts";
import { equalJson } from "../json/equal-json.ts";
import type { JsonObject } from "../json/json-object.ts";
import { ownershipOf } from "./kind-ownership.ts";
import type { Endpoint } from "./validate.ts";

/** Who writes, and through which endpoint. */
export interface Writing {
  /** The field manager's name. */
  readonly manager: string;
  readonly endpoint: Endpoint;
  /** RFC 3339, whole seconds. */
  readonly now: string;
}

export type Owners = readonly ManagedFieldsEntry[];

export function writeContext(
  kind: Kind,
  { manager, endpoint, now }: Writing,
  operation: Operation,
): WriteContext {
  const subresource = endpoint === "main" ? "" : endpoint;
  const { versions, ignored } = ownershipOf(kind);
  return {
    by: { manager, operation, apiVersion: kind.apiVersion, subresource },
    versions,
    ignored: ignored[endpoint],
    now,
  };
}

/** Owners of a new object: its writer, and whoever the object that was sent names. */
export function ownersOfNew(
  kind: Kind,
  created: Resource,
  sent: Owners | undefined,
  writing: Writing,
): Owners {
  const managers = readManagers(sent ?? []) ?? [];
  const context = writeContext(kind, writing, "Update");
  return writeManagers(trackUpdate({}, withoutOwners(created), managers, context));
}

/** Owners after an update. Who was sent counts, so that managedFields can be edited; `[{}]` says that there are none. */
export function ownersAfterUpdate(
  kind: Kind,
  old: Resource,
  next: { readonly resource: Resource; readonly sent: Owners | undefined },
  writing: Writing,
): Owners {
  const managers = managersOf(old.metadata.managedFields, next.sent, writing.endpoint);
  // An object whose owners were reset, or that is older than the tracking, stays without until it is applied.
  if (managers.length === 0) return [];
  const context = writeContext(kind, writing, "Update");
  return writeManagers(trackUpdate(withoutOwners(old), withoutOwners(next.resource), managers, context));
}

function managersOf(old: Owners = [], sent: Owners = [], endpoint: Endpoint): Managers {
  const live = storedManagers(old);
  if (endpoint !== "main" || sent.length === 0 || equalJson(old, sent)) return live;
  const [first] = sent;
  if (sent.length === 1 && first && Object.keys(first).length === 0) return [];
  // A client that does not know managedFields may send them damaged; they are not lost by that.
  const managers = readManagers(sent) ?? [];
  return managers.length > 0 ? managers : live;
}

/** A copy to change; owners are never changed in place, and are as long as the object, so they are shared. */
export function cloneToChange(resource: Resource): Resource {
  const { metadata, ...members } = resource;
  const { managedFields, ...meta } = metadata;
  const copy = structuredClone({ ...members, metadata: meta });
  return { ...copy, metadata: { ...copy.metadata, ...(managedFields && { managedFields }) } };
}

/** The object as ownership sees it. */
export function withoutOwners(resource: Resource): JsonObject {
  const { managedFields: _, ...metadata } = resource.metadata;
  return { ...resource, metadata };
}

export function withOwners(resource: Resource, owners: Owners): Resource {
  const { managedFields: _, ...metadata } = resource.metadata;
  return { ...resource, metadata: { ...metadata, ...(owners.length > 0 && { managedFields: [...owners] }) } };
}

/** A new object with the finalizers that were sent alone: those it is born with are the server's doing, and nobody's. */
export function withFinalizersOf(sent: Resource, born: Resource): Resource {
  const { finalizers: _, ...metadata } = born.metadata;
  const { finalizers } = sent.metadata;
  return { ...born, metadata: { ...metadata, ...(finalizers && { finalizers }) } };
}

/** Whether both say the same but for the times, which alone are no reason to write. */
export function sameOwners(a: Owners = [], b: Owners = []): boolean {
  return equalJson(a.map(withoutTime), b.map(withoutTime));
}

function withoutTime(entry: ManagedFieldsEntry): object {
  return { ...entry, time: "" };
}

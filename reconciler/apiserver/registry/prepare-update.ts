import type { Kind, ObjectMeta, Problem, Resource } from "@freehold/apis";

import { behaviourOf } from "../crd/behaviour.ts";
import { isCustomKind } from "../crd/custom-kind.ts";
import { conflict, invalid, staleVersion } from "../errors/object-errors.ts";
import { badRequest } from "../errors/request-errors.ts";
import { equalJson } from "../json/equal-json.ts";
import { at } from "../json/json-object.ts";
import { type Owners, sameOwners, withOwners, withoutOwners } from "./field-owners.ts";
import { foldSecret } from "./fold-secret.ts";
import { checkNamespace } from "./prepare-create.ts";
import type { ReadObject } from "./read-object.ts";
import { changedImmutables, type Endpoint, validateResource } from "./validate.ts";

/** What an update comes to. */
export type Outcome =
  | { readonly do: "nothing"; readonly resource: Resource }
  | { readonly do: "write" | "remove"; readonly resource: Resource };

export interface UpdatePlan {
  readonly endpoint: Endpoint;
  /** Who owns what in the object as it will be stored. */
  readonly ownersOf: (next: Resource) => Owners;
}

/** Decides what becomes of `old` when a client wants `sent` at an endpoint. Throws ApiError. */
export function prepareUpdate(kind: Kind, old: Resource, sent: ReadObject, plan: UpdatePlan): Outcome {
  const { endpoint } = plan;
  checkPreconditions(kind, old, sent.resource);
  const next = foldSecret(kind, combine(kind, old, sent.resource, endpoint));
  behaviourOf(kind)?.prepare?.(next);
  const problems = [
    ...sent.problems,
    ...addedFinalizers(old.metadata, next.metadata),
    ...validateResource(kind, next, endpoint, old),
    ...(endpoint === "main" ? changedImmutables(kind, old, next) : []),
  ];
  if (problems.length > 0) throw invalid(kind, old.metadata.name, problems);
  if (endpoint !== "status" && countsGeneration(kind) && !sameContent(kind, old, next)) {
    next.metadata.generation = (old.metadata.generation ?? 0) + 1;
  }
  if (next.metadata.deletionTimestamp !== undefined && !holdsFinalizers(kind, next))
    return { do: "remove", resource: next };
  return settle(old, next, plan);
}

/** A change of nothing, or of times in managedFields alone, writes nothing. */
function settle(old: Resource, next: Resource, { ownersOf }: UpdatePlan): Outcome {
  const owners = ownersOf(next);
  const isSame = sameOwners(old.metadata.managedFields, owners) && equalJson(withoutOwners(old), next);
  return isSame ? { do: "nothing", resource: old } : { do: "write", resource: withOwners(next, owners) };
}

/** Whether anything still has to run before the object may go; a namespace keeps its own list in spec. */
export function holdsFinalizers(kind: Kind, resource: Resource): boolean {
  const own = kind.id === "Namespace" ? at(resource, "spec", "finalizers") : undefined;
  return (resource.metadata.finalizers ?? []).length > 0 || (Array.isArray(own) && own.length > 0);
}

function checkPreconditions(kind: Kind, old: Resource, { metadata }: Resource): void {
  const { name } = old.metadata;
  if (metadata.name !== name) {
    throw badRequest(
      `the name of the object (${metadata.name}) does not match the name on the URL (${name})`,
    );
  }
  checkNamespace(kind, metadata.namespace, old.metadata.namespace);
  if (metadata.uid !== undefined && metadata.uid !== old.metadata.uid) {
    throw conflict(
      kind,
      name,
      `Precondition failed: UID in precondition: ${metadata.uid}, UID in object meta: ${old.metadata.uid}`,
    );
  }
  if (metadata.resourceVersion !== undefined && metadata.resourceVersion !== old.metadata.resourceVersion) {
    throw staleVersion(kind, name);
  }
}

function combine(kind: Kind, old: Resource, sent: Resource, endpoint: Endpoint): Resource {
  const { managedFields: _owners, ...kept } = old.metadata;
  if (endpoint === "status") {
    const { status: _, ...rest } = { ...old, metadata: kept };
    return { ...structuredClone(rest), ...(sent.status !== undefined && { status: sent.status }) };
  }
  if (endpoint === "finalize") return { ...structuredClone({ ...old, metadata: kept }), spec: sent.spec };
  const { status: sentStatus, ...members } = sent;
  const { managedFields: _, ...meta } = sent.metadata;
  // Only where status has an endpoint of its own is it not written through this one.
  const status = kind.hasStatus ? structuredClone(old.status) : sentStatus;
  const next: Resource = {
    ...members,
    metadata: { ...meta, ...systemMeta(old.metadata) },
    ...(status !== undefined && { status }),
  };
  if (old.metadata.deletionTimestamp === undefined) delete next.metadata.deletionTimestamp;
  if (kind.id === "Namespace") next.spec = structuredClone(old.spec);
  return next;
}

/** Members only the server writes, as they are. */
function systemMeta(old: ObjectMeta): Partial<ObjectMeta> {
  const {
    uid,
    creationTimestamp,
    deletionTimestamp,
    deletionGracePeriodSeconds,
    generation,
    namespace,
    resourceVersion,
  } = old;
  return {
    ...(uid !== undefined && { uid }),
    ...(creationTimestamp !== undefined && { creationTimestamp }),
    ...(deletionTimestamp !== undefined && { deletionTimestamp }),
    ...(deletionGracePeriodSeconds !== undefined && { deletionGracePeriodSeconds }),
    ...(generation !== undefined && { generation }),
    ...(namespace !== undefined && { namespace }),
    ...(resourceVersion !== undefined && { resourceVersion }),
  };
}

function addedFinalizers(old: ObjectMeta, next: ObjectMeta): readonly Problem[] {
  if (old.deletionTimestamp === undefined || !Array.isArray(next.finalizers)) return [];
  const added = next.finalizers.filter((name) => !old.finalizers?.includes(name));
  if (added.length === 0) return [];
  const message = `Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers ${JSON.stringify(added)}`;
  return [{ path: "metadata.finalizers", reason: "FieldValueForbidden", message }];
}

function countsGeneration(kind: Kind): boolean {
  return kind.hasStatus || isCustomKind(kind);
}

/** Equal in everything beside metadata and, where it has an endpoint of its own, status. */
function sameContent(kind: Kind, old: Resource, next: Resource): boolean {
  return equalJson(contentOf(kind, old), contentOf(kind, next));
}

function contentOf(kind: Kind, resource: Resource): object {
  const { metadata: _, status, ...content } = resource;
  return kind.hasStatus || status === undefined ? content : { ...content, status };
}

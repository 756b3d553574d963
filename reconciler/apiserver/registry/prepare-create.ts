import type { Kind, ObjectMeta, Resource } from "@freehold/apis";

import { behaviourOf } from "../crd/behaviour.ts";
import { isCustomKind } from "../crd/custom-kind.ts";
import { invalid } from "../errors/object-errors.ts";
import { badRequest } from "../errors/request-errors.ts";
import { foldSecret } from "./fold-secret.ts";
import type { ReadObject } from "./read-object.ts";
import { validateResource } from "./validate.ts";

/** What the server adds to a new object. */
export interface Birth {
  readonly namespace: string | undefined;
  /** RFC 3339, whole seconds. */
  readonly now: string;
  readonly uid: string;
  /** Appended to generateName. */
  readonly suffix: string;
  /** Finalizers it is born with, beside those that were sent. */
  readonly finalizers?: readonly string[];
}

/** A new object as it will be stored: system metadata set, status dropped, defaults filled, validated. Throws ApiError. */
export function prepareCreate(kind: Kind, { resource: sent, problems }: ReadObject, birth: Birth): Resource {
  const { metadata, ...members } = sent;
  checkNamespace(kind, metadata.namespace, birth.namespace);
  if (metadata.resourceVersion !== undefined) {
    throw badRequest("resourceVersion should not be set on objects to be created");
  }
  const resource = foldSecret(kind, { ...members, metadata: newMeta(kind, metadata, birth) });
  if (kind.hasStatus) delete resource.status;
  if (kind.id === "Namespace") {
    Object.assign(resource, { spec: { finalizers: ["kubernetes"] }, status: { phase: "Active" } });
  }
  behaviourOf(kind)?.prepare?.(resource);
  const found = [...problems, ...validateResource(kind, resource, "main")];
  if (found.length > 0) throw invalid(kind, resource.metadata.name, found);
  return resource;
}

function newMeta(kind: Kind, sent: ObjectMeta, birth: Birth): ObjectMeta {
  const { namespace, now, uid, suffix, finalizers: inborn = [] } = birth;
  const { name, generateName, labels, annotations, ownerReferences } = sent;
  const finalizers =
    inborn.length > 0 ? [...new Set([...(sent.finalizers ?? []), ...inborn])] : sent.finalizers;
  return {
    name: name || (generateName ? `${generateName.slice(0, 58)}${suffix}` : ""),
    ...(generateName !== undefined && { generateName }),
    ...(kind.scope === "Namespaced" && namespace !== undefined && { namespace }),
    uid,
    ...((kind.hasStatus || isCustomKind(kind)) && { generation: 1 }),
    creationTimestamp: now,
    ...(labels && { labels }),
    ...(annotations && { annotations }),
    ...(finalizers && { finalizers }),
    ...(ownerReferences && { ownerReferences }),
  };
}

export function checkNamespace(kind: Kind, sent: string | undefined, wanted: string | undefined): void {
  if (kind.scope === "Namespaced" && sent !== undefined && sent !== wanted) {
    throw badRequest(
      `the namespace of the provided object does not match the namespace sent on the request: found "${sent}", wanted "${wanted}"`,
    );
  }
}

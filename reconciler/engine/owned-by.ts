import type { OwnerReference, Resource } from "@freehold/apis";

import type { Name } from "./contracts.ts";

const CONTROLLER = "freehold.dev/controller";
const OWNER_NAME = "freehold.dev/owner-name";
const OWNER_NAMESPACE = "freehold.dev/owner-namespace";

/** Labels that tie an output to the controller and the input it was derived from; they also cross scopes, which owner references may not. */
export function ownerLabels(controller: string, input: Name): Record<string, string> {
  return {
    [CONTROLLER]: controller,
    [OWNER_NAME]: input.name,
    ...(input.namespace !== undefined && { [OWNER_NAMESPACE]: input.namespace }),
  };
}

/** The input an output of this controller was derived from. */
export function ownerOf(output: Resource, controller: string): Name | undefined {
  const labels = output.metadata.labels ?? {};
  const name = labels[OWNER_NAME];
  if (labels[CONTROLLER] !== controller || name === undefined) return undefined;
  const namespace = labels[OWNER_NAMESPACE];
  return namespace === undefined ? { name } : { name, namespace };
}

/** An owner reference, where Kubernetes' garbage collection can follow it: owner cluster-scoped, or of the same namespace. */
export function ownerReferenceOf(input: Resource, namespace: string | undefined): OwnerReference | undefined {
  const { name, uid, namespace: own } = input.metadata;
  if (uid === undefined || (own !== undefined && own !== namespace)) return undefined;
  return {
    apiVersion: input.apiVersion,
    kind: input.kind,
    name,
    uid,
    controller: true,
    blockOwnerDeletion: true,
  };
}

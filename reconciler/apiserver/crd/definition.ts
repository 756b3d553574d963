import type { Resource, ResourceOf } from "@freehold/apis";
import { customResourceDefinitionKind } from "@freehold/apis/extensions";

/** A CustomResourceDefinition of apiextensions.k8s.io/v1. */
export type Definition = ResourceOf<typeof customResourceDefinitionKind>;
export type DefinedVersion = Definition["spec"]["versions"][number];
export type DefinitionCondition = NonNullable<NonNullable<Definition["status"]>["conditions"]>[number];

/** The finalizer that keeps a definition until its objects are gone. */
export const CLEANUP = "customresourcecleanup.apiextensions.k8s.io";

export function asDefinition(resource: Resource): Definition {
  return customResourceDefinitionKind.decode(resource);
}

export function conditionOf(definition: Definition, type: string): DefinitionCondition | undefined {
  return definition.status?.conditions?.find((condition) => condition.type === type);
}

/** Whether its kinds are served; once so, always so. */
export function isEstablished(definition: Definition): boolean {
  return conditionOf(definition, "Established")?.status === "True";
}

/** The version objects are kept in. */
export function storageVersion(definition: Definition): DefinedVersion {
  const found = definition.spec.versions.find(({ storage }) => storage);
  if (!found)
    throw new Error(`Cannot read definition "${definition.metadata.name}": no version is for storage`);
  return found;
}

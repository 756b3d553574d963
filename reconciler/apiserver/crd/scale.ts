import type { Resource } from "@freehold/apis";

import { at, isObject, type JsonObject } from "../json/json-object.ts";
import type { ScalePaths } from "./custom-kind.ts";

/** autoscaling/v1 Scale of an object: its numbers, wherever the definition says they are. */
export function scaleOf(resource: Resource, paths: ScalePaths): object {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = resource.metadata;
  const { specReplicasPath, statusReplicasPath, labelSelectorPath } = paths;
  const selector = labelSelectorPath === undefined ? undefined : at(resource, ...partsOf(labelSelectorPath));
  return {
    kind: "Scale",
    apiVersion: "autoscaling/v1",
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      uid,
      resourceVersion,
      creationTimestamp,
    },
    spec: { replicas: numberAt(resource, specReplicasPath) ?? 0 },
    status: {
      replicas: numberAt(resource, statusReplicasPath) ?? 0,
      ...(typeof selector === "string" && { selector }),
    },
  };
}

/** The object with the number a Scale asks for; a resourceVersion in the Scale must be the object's. */
export function withReplicas(
  current: Resource,
  paths: ScalePaths,
  replicas: number,
  scale: unknown,
): Resource {
  const next = structuredClone(current);
  const parts = partsOf(paths.specReplicasPath);
  let target: object = next;
  for (const part of parts.slice(0, -1)) {
    const below = at(target, part);
    const inner: JsonObject = isObject(below) ? below : {};
    Reflect.set(target, part, inner);
    target = inner;
  }
  Reflect.set(target, parts.at(-1) ?? "", replicas);
  const version = at(scale, "metadata", "resourceVersion");
  if (typeof version === "string" && version !== "") next.metadata.resourceVersion = version;
  return next;
}

export function numberAt(value: unknown, path: string): number | undefined {
  const found = at(value, ...partsOf(path));
  return typeof found === "number" ? found : undefined;
}

/** `.spec.replicas` → spec, replicas; definitions are refused with any other form. */
function partsOf(path: string): readonly string[] {
  return path.slice(1).split(".");
}

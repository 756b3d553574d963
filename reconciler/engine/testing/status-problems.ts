import type { CommonStatus, Condition, Kind, Resource } from "@freehold/apis";

import { reasonTextOf } from "../common-reasons.ts";

const TYPES = new Set(["Ready", "Reconciling", "Stalled"]);

/**
 * What is wrong with an object's status by the rules of conditions (kstatus, and ours): Ready always, Reconciling and Stalled only
 * while true and never both, documented reasons, the generation on everything, times that can be. Empty when all is well.
 */
export function statusProblems(kind: Kind, resource: Resource): readonly string[] {
  const status = resource.status as CommonStatus | undefined;
  const conditions = status?.conditions;
  if (!status || !conditions) return ["status.conditions: missing, wanted at least Ready"];
  return [
    ...shapeProblems(conditions),
    ...conditions.flatMap((condition) => conditionProblems(kind, resource, condition)),
    ...(status.observedGeneration === undefined ? ["status.observedGeneration: missing"] : []),
    ...generationProblems("status", status.observedGeneration, resource),
  ];
}

function shapeProblems(conditions: readonly Condition[]): readonly string[] {
  const problems: string[] = [];
  const types = conditions.map(({ type }) => type);
  if (!types.includes("Ready")) problems.push(`Ready: missing, found ${types.join(", ") || "no condition"}`);
  if (new Set(types).size < types.length) problems.push(`conditions: a type twice in ${types.join(", ")}`);
  if (types.includes("Reconciling") && types.includes("Stalled")) {
    problems.push("Reconciling and Stalled: both, wanted at most one");
  }
  const ready = conditions.find(({ type }) => type === "Ready");
  if (ready?.status === "True" && types.length > 1) {
    problems.push(`Ready: True beside ${types.filter((type) => type !== "Ready").join(", ")}`);
  }
  return problems;
}

function conditionProblems(
  kind: Kind,
  resource: Resource,
  { type, status, reason, observedGeneration, lastTransitionTime }: Condition,
): readonly string[] {
  const problems: string[] = [];
  if (!TYPES.has(type)) problems.push(`${type}: no condition of ours`);
  if (type !== "Ready" && status !== "True") problems.push(`${type}: ${status}, wanted True or nothing`);
  if (!reasonTextOf(kind, reason))
    problems.push(`${type}: reason ${reason} is not documented for ${kind.id}`);
  if (observedGeneration === undefined) problems.push(`${type}: observedGeneration missing`);
  problems.push(...generationProblems(type, observedGeneration, resource));
  const born = resource.metadata.creationTimestamp ?? "";
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(lastTransitionTime)) {
    problems.push(`${type}: lastTransitionTime is ${lastTransitionTime}, wanted RFC 3339 in UTC`);
  } else if (lastTransitionTime < born) {
    problems.push(`${type}: lastTransitionTime ${lastTransitionTime} is before the object's birth ${born}`);
  }
  return problems;
}

function generationProblems(
  where: string,
  observed: number | undefined,
  { metadata }: Resource,
): readonly string[] {
  if (observed === undefined || observed <= (metadata.generation ?? 1)) return [];
  return [`${where}: observedGeneration ${observed} is ahead of generation ${metadata.generation}`];
}

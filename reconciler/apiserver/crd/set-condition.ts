import type { Definition, DefinitionCondition } from "./definition.ts";

type Status = NonNullable<Definition["status"]>;

/** A status with a condition set; its time moves only with its truth. */
export function withCondition(
  status: Status | undefined,
  condition: Omit<DefinitionCondition, "lastTransitionTime">,
  now: string,
): Status {
  const conditions = status?.conditions ?? [];
  const old = conditions.find(({ type }) => type === condition.type);
  const lastTransitionTime = old?.status === condition.status ? (old.lastTransitionTime ?? now) : now;
  const set = { ...condition, lastTransitionTime };
  return {
    ...status,
    conditions: old ? conditions.map((one) => (one === old ? set : one)) : [...conditions, set],
  };
}

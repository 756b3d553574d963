import { field, type Fields, isFields, listOf, numberOf, textOf } from "../json.ts";

/** A metav1.Condition, as far as it is well formed. */
export interface ReadCondition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly lastTransitionTime: string;
  /** False when it speaks of a former generation. */
  readonly isCurrent: boolean;
}

/** The conditions of an object, in its order. */
export function conditionsOf(object: Fields): readonly ReadCondition[] {
  const generation = numberOf(field(object, "metadata", "generation")) ?? 0;
  const ofStatus = numberOf(field(object, "status", "observedGeneration"));
  return listOf(field(object, "status", "conditions"))
    .filter(isFields)
    .map((condition) => ({
      type: textOf(condition["type"]) ?? "",
      status: textOf(condition["status"]) ?? "",
      reason: textOf(condition["reason"]) ?? "",
      message: textOf(condition["message"]) ?? "",
      lastTransitionTime: textOf(condition["lastTransitionTime"]) ?? "",
      isCurrent: (numberOf(condition["observedGeneration"]) ?? ofStatus ?? generation) >= generation,
    }));
}

/** As `kubectl wait`: types compare without case, and what speaks of a former generation does not count. */
export function conditionOf(object: Fields, type: string): ReadCondition | undefined {
  return conditionsOf(object).find(
    (condition) => condition.isCurrent && condition.type.toLowerCase() === type.toLowerCase(),
  );
}

import type { CommonStatus, Condition } from "@freehold/apis";

import type { Outcome } from "./contracts.ts";

export type Standing =
  | Outcome
  | { readonly type: "working"; readonly reason: string; readonly message: string };

/** Ready always; Reconciling and Stalled only while true, never both (kstatus). Times move only when the status does. */
export function conditionsOf(
  standing: Standing,
  generation: number,
  previous: CommonStatus | undefined,
  now: string,
): readonly Condition[] {
  const ready = standing.type === "ready";
  const reason = standing.reason ?? "Ready";
  const message = standing.message ?? "";
  const facts: Omit<Condition, "lastTransitionTime" | "observedGeneration">[] = [
    { type: "Ready", status: ready ? "True" : "False", reason, message },
  ];
  if (standing.type === "stalled") facts.push({ type: "Stalled", status: "True", reason, message });
  else if (!ready) facts.push({ type: "Reconciling", status: "True", reason, message });
  return facts.map((fact) => {
    const before = previous?.conditions?.find(({ type }) => type === fact.type);
    const lastTransitionTime = before?.status === fact.status ? before.lastTransitionTime : now;
    return { ...fact, observedGeneration: generation, lastTransitionTime };
  });
}

export function readyConditionOf(status: CommonStatus | undefined): Condition | undefined {
  return status?.conditions?.find(({ type }) => type === "Ready");
}

/** Ready, and said of this very generation. */
export function isReady(resource: {
  readonly metadata: { readonly generation?: number };
  readonly status?: unknown;
}): boolean {
  const status = resource.status as CommonStatus | undefined;
  const condition = readyConditionOf(status);
  return (
    condition?.status === "True" &&
    (resource.metadata.generation === undefined ||
      condition.observedGeneration === resource.metadata.generation)
  );
}

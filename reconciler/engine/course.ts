import type { Resource } from "@freehold/apis";

import { isReady } from "./conditions.ts";
import type { Goal, Plan } from "./contracts.ts";
import { InputFingerprint } from "./input-fingerprint.ts";
import { keyOf } from "./kind-cache.ts";
import type { RealizerPass } from "./realizer-pass.ts";

/** Where a pass has come to: what was seen at the last look, and what is to be done about it. */
export interface Course<R extends Resource, Observed, Step> {
  readonly goal: Goal<R>;
  readonly observed: Observed;
  readonly plan: Plan<Step>;
  readonly inputs: string;
  /** Steps taken between the look before and this one. */
  readonly taken: readonly Step[];
}

/** Looks at the machine, and plans from what is there. */
export async function look<R extends Resource, Host, Observed, Step extends { readonly do: string }>(
  goal: Goal<R>,
  taken: readonly Step[],
  { realizer, host, world }: RealizerPass<R, Host, Observed, Step>,
): Promise<Course<R, Observed, Step>> {
  const inputs = new InputFingerprint();
  const observed = await realizer.observe(goal.resource, host, inputs.observe(world));
  return { goal, observed, plan: realizer.plan(goal, observed), inputs: inputs.text, taken };
}

/**
 * Facts that made steps needed although nobody wished for anything new: it was settled at this generation, and what else it depends
 * on is what it was. Only what was found before the first own step counts; later ones may follow from that.
 */
export function driftIn<R extends Resource, Host, Observed, Step extends { readonly do: string }>(
  { goal, plan, inputs }: Course<R, Observed, Step>,
  { realizer, settledInputs }: RealizerPass<R, Host, Observed, Step>,
): readonly string[] {
  if (goal.want === "absent" || plan.type !== "steps") return [];
  const settled = settledInputs.get(keyOf(goal.resource));
  // Settled once, and nothing is wished otherwise since: also when a wait in between has said "not ready". An engine that was just
  // started has settled nothing yet; then the status is all there is to go by.
  const isDrift =
    settled === undefined ? isReady(goal.resource) : settled === settlementOf(goal.resource, inputs);
  if (!isDrift) return [];
  const facts = plan.steps.map((step) => (realizer.fact ? realizer.fact(step) : step.do));
  return [...new Set(facts.filter((fact) => fact !== undefined))];
}

/** What it was settled for: its own generation, and what else it depends on. */
export function settlementOf({ metadata }: Resource, inputs: string): string {
  return `${metadata.generation ?? 0} ${inputs}`;
}

/** A newer wish has arrived: going on with the older one would be work for nothing. */
export function isOutdated<R extends Resource, Host, Observed, Step extends { readonly do: string }>(
  resource: R,
  { realizer, context }: RealizerPass<R, Host, Observed, Step>,
): boolean {
  const newest = context.caches.of(realizer.kind).get(keyOf(resource));
  return newest !== undefined && newest.metadata.generation !== resource.metadata.generation;
}

import type { Resource } from "@freehold/apis";

import type { Standing } from "./conditions.ts";
import type { Plan } from "./contracts.ts";
import { type Course, isOutdated } from "./course.ts";
import { equalValue } from "./equal-value.ts";
import { keyOf } from "./kind-cache.ts";
import { PATIENCE, type RealizerPass } from "./realizer-pass.ts";
import { runStep, type StepNews } from "./run-step.ts";
import { ownFieldsOf, writeProgress } from "./status-writer.ts";

/** A step ended well, and yet is needed again. */
class NoEffectError extends Error {
  override readonly name = "NoEffectError";
  readonly code = "failed";
}

/** What came of a plan's steps: those that were taken, and the failure that ended it. */
export interface StepsTaken<Step> {
  readonly taken: readonly Step[];
  readonly failure?: { readonly step: Step; readonly error: unknown };
}

/**
 * Takes a plan's steps in their order, up to the first that fails, a newer wish, or the pass's end. Nothing is believed of them:
 * whoever calls looks again afterwards.
 */
export async function takeSteps<R extends Resource, Host, Observed, Step extends { readonly do: string }>(
  steps: readonly Step[],
  course: Course<R, Observed, Step>,
  pass: RealizerPass<R, Host, Observed, Step>,
): Promise<StepsTaken<Step>> {
  const told = tellSeen(course, pass);
  try {
    return await takeEach(steps, course, pass);
  } finally {
    await told;
  }
}

async function takeEach<R extends Resource, Host, Observed, Step extends { readonly do: string }>(
  steps: readonly Step[],
  course: Course<R, Observed, Step>,
  pass: RealizerPass<R, Host, Observed, Step>,
): Promise<StepsTaken<Step>> {
  const taken: Step[] = [];
  for (const step of steps) {
    if (pass.signal.aborted || isOutdated(course.goal.resource, pass)) break;
    try {
      // Once more at once would be a tight circle; a little later it may help, or at least be seen.
      if (course.taken.some((before) => equalValue(before, step))) {
        throw new NoEffectError("nothing changed by it");
      }
      await runStep(step, pass, (news) => tellNews(news, course, pass));
      taken.push(step);
    } catch (error) {
      return { taken, failure: { step, error } };
    }
  }
  return { taken };
}

/** What the last steps brought about is told while the next ones run: others may be waiting for just that. */
async function tellSeen<R extends Resource, Host, Observed, Step extends { readonly do: string }>(
  { goal: { resource, want }, observed, plan, taken }: Course<R, Observed, Step>,
  { realizer, context, failures }: RealizerPass<R, Host, Observed, Step>,
): Promise<void> {
  if (taken.length === 0 || want === "absent" || failures >= PATIENCE) return;
  const own = realizer.status(resource, observed);
  const known = context.caches.of(realizer.kind).get(keyOf(resource));
  if (known === undefined || equalValue(own, ownFieldsOf(known.status))) return;
  const message = plan.type === "steps" ? plan.steps[0].do : "";
  const standing: Standing = { type: "working", reason: reasonOf(plan), message };
  await writeProgress(realizer.kind, resource, { standing, own }, context);
}

async function tellNews<R extends Resource, Host, Observed, Step extends { readonly do: string }>(
  { progress, overdue }: StepNews,
  { goal: { resource }, observed, plan }: Course<R, Observed, Step>,
  { realizer, context, failures }: RealizerPass<R, Host, Observed, Step>,
): Promise<void> {
  // What is stalled stays so until something has come of trying again.
  if (failures >= PATIENCE && overdue === undefined) return;
  const standing: Standing =
    overdue === undefined
      ? { type: "working", reason: reasonOf(plan), message: progress.phase }
      : { type: "stalled", reason: "DeadlineExceeded", message: overdue };
  const own = realizer.status(resource, observed);
  await writeProgress(realizer.kind, resource, { standing, own, progress }, context);
}

function reasonOf(plan: Plan<unknown>): string {
  return (plan.type === "steps" ? plan.reason : undefined) ?? "Progressing";
}

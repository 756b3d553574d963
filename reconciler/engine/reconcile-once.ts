import { isTearingDown, type Kind, type Resource } from "@freehold/apis";

import type { Standing } from "./conditions.ts";
import type { Goal } from "./contracts.ts";
import type { ControllerContext, PassResult } from "./controller-context.ts";
import { type Course, driftIn, isOutdated, look, settlementOf } from "./course.ts";
import { messageOf, remedyOf } from "./errors.ts";
import { keyOf } from "./kind-cache.ts";
import { PATIENCE, type RealizerPass } from "./realizer-pass.ts";
import { hasFinalizer } from "./resource-writer.ts";
import { DeadlineError } from "./run-step.ts";
import { ownFieldsOf, writeStatus } from "./status-writer.ts";
import { takeSteps } from "./take-steps.ts";

/** Steps in one pass before the engine lets others have a turn. */
const MAX_STEPS = 200;

/** Brings the machine to where the object wants it, one observed step at a time, and says how it stands. */
export async function reconcileOnce<R extends Resource, Host, Observed, Step extends { readonly do: string }>(
  key: string,
  pass: RealizerPass<R, Host, Observed, Step>,
): Promise<PassResult> {
  const { realizer, context } = pass;
  await context.writer.catchUp(realizer.kind, key, context.signal);
  const resource = context.caches.of(realizer.kind).get(key);
  if (!resource || realizer.concerns?.(resource) === false) return { next: "done" };
  if (hasFinalizer(resource, realizer.name)) return bringAbout(resource, pass);
  if (isTearingDown(resource)) return { next: "done" };
  // Claim before touching: a deletion must not slip through between a side effect and its memory.
  return bringAbout(await context.writer.setFinalizer(realizer.kind, resource, true), pass);
}

async function bringAbout<R extends Resource, Host, Observed, Step extends { readonly do: string }>(
  resource: R,
  pass: RealizerPass<R, Host, Observed, Step>,
): Promise<PassResult> {
  const goal: Goal<R> = isTearingDown(resource)
    ? { want: "absent", resource }
    : { want: "present", resource };
  let course: Course<R, Observed, Step>;
  try {
    course = await look(goal, [], pass);
  } catch (error) {
    return explainFailure(error, { goal }, pass);
  }
  const drift = driftIn(course, pass);
  for (let count = 0; course.plan.type === "steps"; count += course.taken.length) {
    if (pass.signal.aborted || count >= MAX_STEPS || isOutdated(resource, pass)) return { next: "again" };
    const { taken, failure } = await takeSteps(course.plan.steps, course, pass);
    try {
      course = await look(goal, taken, pass);
    } catch (error) {
      return explainFailure(
        failure?.error ?? error,
        { ...course, last: failure?.step ?? taken.at(-1) },
        pass,
      );
    }
    if (failure) return explainFailure(failure.error, { ...course, last: failure.step }, pass);
  }
  if (drift.length > 0) {
    await pass.context.events.record(resource, {
      type: "Warning",
      reason: "DriftRepaired",
      message: `Found and repaired: ${drift.join(", ")}`,
    });
  }
  return conclude(course, pass);
}

async function conclude<R extends Resource, Host, Observed, Step extends { readonly do: string }>(
  { plan, goal, observed, inputs }: Course<R, Observed, Step>,
  { realizer, context, settledInputs }: RealizerPass<R, Host, Observed, Step>,
): Promise<PassResult> {
  if (plan.type === "steps") return { next: "again" };
  const resource = await newestOf(goal.resource, realizer.kind, context);
  if (plan.type === "settled" && goal.want === "absent") {
    settledInputs.delete(keyOf(resource));
    await context.writer.setFinalizer(realizer.kind, resource, false);
    return { next: "done" };
  }
  const standing: Standing =
    plan.type === "settled"
      ? { type: "ready", reason: plan.reason ?? "Ready", message: plan.message ?? "" }
      : plan;
  if (plan.type === "settled") settledInputs.set(keyOf(resource), settlementOf(goal.resource, inputs));
  const own = realizer.status(goal.resource, observed);
  const { generation } = goal.resource.metadata;
  await writeStatus(realizer.kind, resource, { standing, own, generation }, context);
  return plan.type === "waiting" && plan.retryAfterMs !== undefined
    ? { next: "later", afterMs: plan.retryAfterMs }
    : { next: "done" };
}

/** Where a failure was met. */
interface Failed<R extends Resource, Observed, Step> {
  readonly goal: Goal<R>;
  /** Absent when nothing could be seen. */
  readonly observed?: Observed;
  /** The step that failed; absent when looking did. */
  readonly last?: Step | undefined;
}

async function explainFailure<R extends Resource, Host, Observed, Step extends { readonly do: string }>(
  error: unknown,
  { goal, observed, last }: Failed<R, Observed, Step>,
  pass: RealizerPass<R, Host, Observed, Step>,
): Promise<PassResult> {
  const { realizer, context } = pass;
  if (pass.signal.aborted) return { next: "again" };
  const remedy = remedyOf(error);
  // A store's refusal: the pass itself says what to do, as for every other write.
  if (remedy === "again") throw error;
  if (remedy === "bug") context.onBug(realizer.name, goal.resource.metadata.name, error);
  const message = `${last?.do ?? "look"}: ${messageOf(error)}`;
  const blocked = remedy === "blocked" || pass.failures + 1 >= PATIENCE;
  const reason = error instanceof DeadlineError ? "DeadlineExceeded" : "StepFailed";
  const standing: Standing = blocked
    ? { type: "stalled", reason, message }
    : { type: "working", reason: "Retrying", message };
  const resource = await newestOf(goal.resource, realizer.kind, context);
  // Nothing could be seen: what was last seen stays, with the reason why it may be old.
  const own =
    observed === undefined ? ownFieldsOf(resource.status) : realizer.status(goal.resource, observed);
  const { generation } = goal.resource.metadata;
  await writeStatus(realizer.kind, resource, { standing, own, generation }, context);
  return { next: "backoff" };
}

/** The object with all that was written meanwhile, by this pass or others; the one looked at when it is gone. */
async function newestOf<R extends Resource>(
  resource: R,
  kind: Kind<R>,
  { caches, writer, signal }: ControllerContext,
): Promise<R> {
  await writer.catchUp(kind, keyOf(resource), signal);
  const found = caches.of(kind).get(keyOf(resource));
  return found && found.metadata.uid === resource.metadata.uid ? found : resource;
}

import { isTearingDown, type Kind, type Resource } from "@freehold/apis";

import { isReady, type Standing } from "./conditions.ts";
import type { Goal, Plan } from "./contracts.ts";
import type { ControllerContext, PassResult } from "./controller-context.ts";
import { equalValue } from "./equal-value.ts";
import { messageOf, remedyOf } from "./errors.ts";
import { InputFingerprint } from "./input-fingerprint.ts";
import { keyOf } from "./kind-cache.ts";
import type { RealizerPass } from "./realizer-pass.ts";
import { hasFinalizer } from "./resource-writer.ts";
import { DeadlineError, runStep, type StepNews } from "./run-step.ts";
import { ownFieldsOf, writeProgress, writeStatus } from "./status-writer.ts";

/** Steps in one pass before the engine lets others have a turn. */
const MAX_STEPS = 200;
/** Failures in a row before Stalled is said. */
const PATIENCE = 3;

/** Where a pass has come to. */
interface Course<R extends Resource, Observed, Step> {
  readonly goal: Goal<R>;
  readonly observed: Observed;
  readonly plan: Plan<Step>;
  readonly inputs: string;
  /** The step taken last. */
  readonly last?: Step;
}

/** A step ended well, and yet is needed again. */
class NoEffectError extends Error {
  override readonly name = "NoEffectError";
  readonly code = "failed";
}

/** Brings the machine to where the object wants it, one observed step at a time, and says how it stands. */
export async function reconcileOnce<R extends Resource, Host, Observed, Step extends { readonly do: string }>(
  key: string,
  pass: RealizerPass<R, Host, Observed, Step>,
): Promise<PassResult> {
  const { realizer, context } = pass;
  await context.writer.catchUp(realizer.kind, key, context.signal);
  const resource = context.caches.of(realizer.kind).get(key);
  if (!resource || realizer.concerns?.(resource) === false) return { next: "done" };
  const claimed = hasFinalizer(resource, realizer.name);
  if (isTearingDown(resource)) {
    if (!claimed) return { next: "done" };
  } else if (!claimed) {
    // Claim before touching: a deletion must not slip through between a side effect and its memory.
    await context.writer.setFinalizer(realizer.kind, resource, true);
    return { next: "done" };
  }
  return bringAbout(resource, pass);
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
    course = await look(goal, pass);
  } catch (error) {
    return explainFailure(error, { goal }, pass);
  }
  const drift = driftIn(course, pass);
  for (let taken = 0; course.plan.type === "steps"; taken += 1) {
    if (pass.signal.aborted || taken === MAX_STEPS || isOutdated(resource, pass)) return { next: "again" };
    const [step] = course.plan.steps;
    try {
      // Once more at once would be a tight circle; a little later it may help, or at least be seen.
      if (equalValue(step, course.last)) throw new NoEffectError("nothing changed by it");
      await runStep(step, pass, (news) => tellNews(news, course, pass));
      course = { ...(await look(goal, pass)), last: step };
    } catch (error) {
      return explainFailure(error, { ...course, last: step }, pass);
    }
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

async function look<R extends Resource, Host, Observed, Step extends { readonly do: string }>(
  goal: Goal<R>,
  { realizer, host, world }: RealizerPass<R, Host, Observed, Step>,
): Promise<Course<R, Observed, Step>> {
  const inputs = new InputFingerprint();
  const observed = await realizer.observe(goal.resource, host, inputs.observe(world));
  return { goal, observed, plan: realizer.plan(goal, observed), inputs: inputs.text };
}

/**
 * Facts that made steps needed although nobody wished for anything new: it was settled at this generation, and what else it depends
 * on is what it was. Only what was found before the first own step counts; later ones may follow from that.
 */
function driftIn<R extends Resource, Host, Observed, Step extends { readonly do: string }>(
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
function settlementOf({ metadata }: Resource, inputs: string): string {
  return `${metadata.generation ?? 0} ${inputs}`;
}

/** A newer wish has arrived: going on with the older one would be work for nothing. */
function isOutdated<R extends Resource, Host, Observed, Step extends { readonly do: string }>(
  resource: R,
  { realizer, context }: RealizerPass<R, Host, Observed, Step>,
): boolean {
  const newest = context.caches.of(realizer.kind).get(keyOf(resource));
  return newest !== undefined && newest.metadata.generation !== resource.metadata.generation;
}

async function tellNews<R extends Resource, Host, Observed, Step extends { readonly do: string }>(
  { progress, overdue }: StepNews,
  { goal: { resource }, observed, plan }: Course<R, Observed, Step>,
  { realizer, context, failures }: RealizerPass<R, Host, Observed, Step>,
): Promise<void> {
  // What is stalled stays so until something has come of trying again.
  if (failures >= PATIENCE && overdue === undefined) return;
  const reason = (plan.type === "steps" ? plan.reason : undefined) ?? "Progressing";
  const standing: Standing =
    overdue === undefined
      ? { type: "working", reason, message: progress.phase }
      : { type: "stalled", reason: "DeadlineExceeded", message: overdue };
  const own = realizer.status(resource, observed);
  await writeProgress(realizer.kind, resource, { standing, own, progress }, context);
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

async function explainFailure<R extends Resource, Host, Observed, Step extends { readonly do: string }>(
  error: unknown,
  { goal, observed, last }: Pick<Course<R, Observed, Step>, "goal"> & Partial<Course<R, Observed, Step>>,
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

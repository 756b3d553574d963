import { isTearingDown, type Progress, type Resource } from "@freehold/apis";

import { type Standing, isReady } from "./conditions.ts";
import type { Goal, Plan, Realizer, World } from "./contracts.ts";
import type { ControllerContext, PassResult } from "./controller-context.ts";
import { messageOf, remedyOf } from "./errors.ts";
import { hasFinalizer } from "./resource-writer.ts";
import { runStep } from "./run-step.ts";
import { writeStatus } from "./status-writer.ts";

/** Steps in one pass before the engine lets others have a turn. */
const MAX_STEPS = 200;
/** Failures in a row before Stalled is said. */
const PATIENCE = 3;

export interface RealizerPass<R extends Resource, Host, Observed, Step extends { readonly do: string }> {
  readonly realizer: Realizer<R, Host, Observed, Step>;
  readonly host: Host;
  readonly world: World;
  readonly context: ControllerContext;
  /** Aborts when the object's deletion begins. */
  readonly signal: AbortSignal;
  /** Failures of this key so far, in a row. */
  readonly failures: number;
}

/** Brings the machine to where the object wants it, one observed step at a time, and says how it stands. */
export async function reconcileOnce<R extends Resource, Host, Observed, Step extends { readonly do: string }>(
  key: string,
  pass: RealizerPass<R, Host, Observed, Step>,
): Promise<PassResult> {
  const { realizer, context } = pass;
  const resource = context.caches.of(realizer.kind).get(key);
  if (!resource || realizer.concerns?.(resource) === false) return { next: "done" };
  // An older view than our own last write; the watch will bring the newer one and with it another pass.
  if (!context.writer.sees(realizer.kind, key)) return { next: "later", afterMs: 200 };
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
  const { realizer, context } = pass;
  const goal: Goal<R> = isTearingDown(resource)
    ? { want: "absent", resource }
    : { want: "present", resource };
  const facts: string[] = [];
  let steps = 0;
  const wasReady = isReady(resource);
  let current = resource;
  let observed = await realizer.observe(resource, pass.host, pass.world);
  let plan = realizer.plan(goal, observed);
  try {
    while (plan.type === "steps" && steps < MAX_STEPS && !pass.signal.aborted) {
      const [step] = plan.steps;
      steps += 1;
      const fact = realizer.fact ? realizer.fact(step) : step.do;
      if (fact !== undefined && !facts.includes(fact)) facts.push(fact);
      const standing = workingOn(plan, step);
      const report = async (progress: Progress): Promise<void> => {
        const own = realizer.status(resource, observed);
        current = await writeStatus(realizer.kind, current, { standing, own, progress }, context);
      };
      await runStep(step, pass, report);
      observed = await realizer.observe(resource, pass.host, pass.world);
      plan = realizer.plan(goal, observed);
    }
  } catch (error) {
    return await explainFailure(error, { resource: current, observed, goal, facts }, pass);
  }
  if (facts.length > 0 && wasReady && goal.want === "present") {
    await context.events.record(resource, {
      type: "Warning",
      reason: "DriftRepaired",
      message: `Found and repaired: ${facts.join(", ")}`,
    });
  }
  return conclude(plan, { resource: current, observed, goal, facts }, pass);
}

interface State<R extends Resource, Observed> {
  readonly resource: R;
  readonly observed: Observed;
  readonly goal: Goal<R>;
  readonly facts: readonly string[];
}

async function conclude<R extends Resource, Host, Observed, Step extends { readonly do: string }>(
  plan: Plan<Step>,
  state: State<R, Observed>,
  { realizer, context }: RealizerPass<R, Host, Observed, Step>,
): Promise<PassResult> {
  if (plan.type === "steps") return { next: "again" };
  if (plan.type === "settled" && state.goal.want === "absent") {
    await context.writer.setFinalizer(realizer.kind, state.resource, false);
    return { next: "done" };
  }
  const own = realizer.status(state.resource, state.observed);
  const standing: Standing =
    plan.type === "settled"
      ? { type: "ready", reason: plan.reason ?? "Ready", message: plan.message ?? "" }
      : plan;
  await writeStatus(realizer.kind, state.resource, { standing, own }, context);
  return plan.type === "waiting" && plan.retryAfterMs !== undefined
    ? { next: "later", afterMs: plan.retryAfterMs }
    : { next: "done" };
}

async function explainFailure<R extends Resource, Host, Observed, Step extends { readonly do: string }>(
  error: unknown,
  state: State<R, Observed>,
  pass: RealizerPass<R, Host, Observed, Step>,
): Promise<PassResult> {
  const { realizer, context } = pass;
  const remedy = remedyOf(error);
  if (remedy === "again" || pass.signal.aborted) return { next: "again" };
  if (remedy === "bug") context.onBug(realizer.name, state.resource.metadata.name, error);
  const message = `${state.facts.at(-1) ?? "look"}: ${messageOf(error)}`;
  const blocked = remedy === "blocked" || pass.failures + 1 >= PATIENCE;
  const standing: Standing = blocked
    ? { type: "stalled", reason: "StepFailed", message }
    : { type: "working", reason: "Retrying", message };
  const own = realizer.status(state.resource, state.observed);
  await writeStatus(realizer.kind, state.resource, { standing, own }, context);
  return { next: "backoff", error };
}

function workingOn<Step extends { readonly do: string }>(
  plan: Plan<Step> & { readonly type: "steps" },
  step: Step,
): Standing {
  return { type: "working", reason: plan.reason ?? "Progressing", message: step.do };
}

import type { Progress, Resource } from "@freehold/apis";

import type { StepContext } from "./contracts.ts";
import type { RealizerPass } from "./realizer-pass.ts";

const DEFAULT_DEADLINE_MS = 120_000;
/** Work shorter than this is not worth a status write. */
const SAY_WORKING_AFTER_MS = 400;
const PROGRESS_EVERY_MS = 1000;

/** A step ran into its deadline, and was told to end. */
export class DeadlineError extends Error {
  override readonly name = "DeadlineError";
  readonly code = "interrupted";
}

/** What a step may have said while it runs. */
export interface StepNews {
  readonly progress: Progress;
  /** Set when the deadline has passed and the step has not ended yet. */
  readonly overdue?: string;
}

/**
 * Runs one step under its deadline; tells when it takes long, its progress at most once a second, and when it is overdue. A step
 * that was aborted by its deadline fails with DeadlineError, whatever it made of the abort.
 */
export async function runStep<R extends Resource, Host, Observed, Step extends { readonly do: string }>(
  step: Step,
  { realizer, host, context, signal }: RealizerPass<R, Host, Observed, Step>,
  tell: (news: StepNews) => Promise<void>,
): Promise<void> {
  const deadlineMs = realizer.deadlineMs?.(step) ?? DEFAULT_DEADLINE_MS;
  const overdue = `Cannot finish "${step.do}": it took longer than ${deadlineMs / 1000} s`;
  const deadline = new AbortController();
  const { clock } = context;
  let pending: Promise<void> = Promise.resolve();
  let last: Progress = { phase: step.do, done: 0 };
  let lastTold = Number.NEGATIVE_INFINITY;
  // One write at a time. What a failed one means is for `tell` to decide; here it only must not be lost.
  const write = (news: StepNews): void => {
    pending = pending.then(() => tell(news));
    pending.catch(() => undefined);
  };
  const progress: StepContext["progress"] = (said) => {
    last = said;
    if (clock.now() - lastTold < PROGRESS_EVERY_MS || deadline.signal.aborted) return;
    lastTold = clock.now();
    write({ progress: said });
  };
  const deadlineTimer = clock.after(deadlineMs, () => {
    deadline.abort(new DeadlineError(overdue));
    write({ progress: last, overdue });
  });
  const slowTimer = clock.after(SAY_WORKING_AFTER_MS, () => progress(last));
  try {
    await realizer.apply(step, host, { signal: AbortSignal.any([signal, deadline.signal]), progress });
  } catch (error) {
    if (deadline.signal.aborted && !signal.aborted) throw new DeadlineError(overdue, { cause: error });
    throw error;
  } finally {
    deadlineTimer[Symbol.dispose]();
    slowTimer[Symbol.dispose]();
    await pending;
  }
}

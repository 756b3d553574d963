import type { Progress, Resource } from "@freehold/apis";

import type { RealizerPass } from "./reconcile-once.ts";

const DEFAULT_DEADLINE_MS = 120_000;
/** Work shorter than this is not worth a status write. */
const SAY_WORKING_AFTER_MS = 400;
const PROGRESS_EVERY_MS = 1000;

/** Runs one step under its deadline; says "working" once it takes long, and progress at most once a second. */
export async function runStep<R extends Resource, Host, Observed, Step extends { readonly do: string }>(
  step: Step,
  { realizer, host, context, signal }: RealizerPass<R, Host, Observed, Step>,
  report: (progress: Progress) => Promise<void>,
): Promise<void> {
  const deadlineMs = realizer.deadlineMs?.(step) ?? DEFAULT_DEADLINE_MS;
  const deadline = new AbortController();
  using _timer = context.clock.after(deadlineMs, () => {
    deadline.abort(new Error(`Cannot finish "${step.do}" within ${deadlineMs / 1000} s`));
  });
  let pending: Promise<void> = Promise.resolve();
  let lastReport = Number.NEGATIVE_INFINITY;
  const say = (progress: Progress): void => {
    const now = context.clock.now();
    if (now - lastReport < PROGRESS_EVERY_MS) return;
    lastReport = now;
    // One write at a time; a failed one is caught when the step ends.
    pending = pending.then(() => report(progress));
    pending.catch(() => undefined);
  };
  using _slow = context.clock.after(SAY_WORKING_AFTER_MS, () => say({ phase: step.do, done: 0 }));
  const combined = AbortSignal.any([signal, deadline.signal]);
  try {
    await realizer.apply(step, host, { signal: combined, progress: say });
  } finally {
    await pending;
  }
}

import type { Resource } from "@freehold/apis";

import type { Realizer, World } from "./contracts.ts";
import type { ControllerContext, PassResult } from "./controller-context.ts";

const MAX_STEPS = 1000;
const DEADLINE_MS = 300_000;

/**
 * Removes from the machine what belongs to no object, one step at a time, looking again after each. Such things are left when an
 * object went without its finalizer's leave: taken away by hand, or lost with a restored store.
 */
export async function sweepOnce<R extends Resource, Host, Observed, Step extends { readonly do: string }>(
  realizer: Realizer<R, Host, Observed, Step>,
  parts: { readonly host: Host; readonly world: World; readonly context: ControllerContext },
): Promise<PassResult> {
  const { host, world, context } = parts;
  for (let taken = 0; taken < MAX_STEPS && !context.signal.aborted; taken += 1) {
    const [step] = (await realizer.orphans?.(host, world)) ?? [];
    if (step === undefined) return { next: "done" };
    const deadline = new AbortController();
    const timer = context.clock.after(DEADLINE_MS, () => deadline.abort());
    const signal = AbortSignal.any([context.signal, deadline.signal]);
    try {
      await realizer.apply(step, host, { signal, progress: () => undefined });
    } finally {
      timer[Symbol.dispose]();
    }
    context.onOrphan(realizer.name, step);
  }
  return { next: "again" };
}

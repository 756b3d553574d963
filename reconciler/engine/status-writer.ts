import type { CommonStatus, Kind, Progress, Resource } from "@freehold/apis";
import { isStoreError } from "@freehold/store";

import { timestampOf } from "./clock.ts";
import { conditionsOf, readyConditionOf, type Standing } from "./conditions.ts";
import type { ControllerContext } from "./controller-context.ts";
import { equalValue } from "./equal-value.ts";

/** Writes a status, if it says anything new, and an event when Ready changed. The one place where conditions are made. */
export async function writeStatus<R extends Resource>(
  kind: Kind<R>,
  resource: R,
  say: { readonly standing: Standing; readonly own: object; readonly progress?: Progress },
  context: ControllerContext,
): Promise<R> {
  const previous = resource.status as CommonStatus | undefined;
  const generation = resource.metadata.generation ?? 1;
  const now = timestampOf(context.clock.now());
  const conditions = conditionsOf(say.standing, generation, previous, now);
  const status = {
    ...say.own,
    observedGeneration: generation,
    conditions,
    ...(say.progress && { progress: say.progress }),
  };
  if (equalValue(status, previous)) return resource;
  try {
    const written = await context.writer.updateStatus(kind, { ...resource, status });
    await tellChange(written, previous, context);
    return written;
  } catch (error) {
    // Gone meanwhile: nobody is left to tell.
    if (isStoreError(error, "NotFound")) return resource;
    throw error;
  }
}

async function tellChange(
  written: Resource,
  previous: CommonStatus | undefined,
  context: ControllerContext,
): Promise<void> {
  const before = readyConditionOf(previous);
  const after = readyConditionOf(written.status as CommonStatus | undefined);
  if (!after || (before?.status === after.status && before.reason === after.reason)) return;
  const stalled = (written.status as CommonStatus | undefined)?.conditions?.some(
    ({ type }) => type === "Stalled",
  );
  if (after.status !== "True" && stalled !== true) return;
  await context.events.record(written, {
    type: stalled === true ? "Warning" : "Normal",
    reason: after.reason,
    message: after.message === "" ? after.reason : after.message,
  });
}

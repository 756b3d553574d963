import type { CommonStatus, Kind, Progress, Resource } from "@freehold/apis";
import { isStoreError } from "@freehold/store";

import { timestampOf } from "./clock.ts";
import { conditionsOf, readyConditionOf, type Standing } from "./conditions.ts";
import type { ControllerContext } from "./controller-context.ts";
import { equalValue } from "./equal-value.ts";
import { keyOf } from "./kind-cache.ts";

export interface StatusWords {
  readonly standing: Standing;
  /** The kind's own fields. */
  readonly own: object;
  readonly progress?: Progress;
  /** The generation this is said of; default the object's. */
  readonly generation?: number | undefined;
}

/** Writes a status, if it says anything new, and an event when Ready changed. The one place where conditions are made. */
export async function writeStatus<R extends Resource>(
  kind: Kind<R>,
  resource: R,
  say: StatusWords,
  context: ControllerContext,
): Promise<void> {
  const previous = commonOf(resource);
  const generation = say.generation ?? resource.metadata.generation ?? 1;
  const now = timestampOf(context.clock.now());
  const status = {
    ...say.own,
    observedGeneration: generation,
    conditions: conditionsOf(say.standing, generation, previous, now),
    ...(say.progress && { progress: say.progress }),
  };
  if (equalValue(status, previous)) return;
  try {
    const written = await context.writer.updateStatus(kind, { ...resource, status });
    await tellChange(written, previous, context);
  } catch (error) {
    // Gone meanwhile: nobody is left to tell.
    if (!isStoreError(error, "NotFound")) throw error;
  }
}

/** Says how work goes on, beside whatever was written to the object since the work began; another writer's haste drops it. */
export async function writeProgress<R extends Resource>(
  kind: Kind<R>,
  resource: R,
  say: StatusWords,
  context: ControllerContext,
): Promise<void> {
  const key = keyOf(resource);
  await context.writer.catchUp(kind, key, context.signal);
  const newest = context.caches.of(kind).get(key);
  if (newest?.metadata.uid !== resource.metadata.uid || newest === undefined) return;
  try {
    await writeStatus(kind, newest, { ...say, generation: resource.metadata.generation }, context);
  } catch (error) {
    // Neither a conflict nor a busy API may end the step: the next progress, or the result, says more.
    if (!isStoreError(error)) throw error;
  }
}

/** A status without what the engine writes into each. */
export function ownFieldsOf(status: unknown): object {
  const {
    observedGeneration: _generation,
    conditions: _conditions,
    progress: _progress,
    ...own
  } = Object(status) as CommonStatus;
  return own;
}

async function tellChange(
  written: Resource,
  previous: CommonStatus | undefined,
  context: ControllerContext,
): Promise<void> {
  const status = commonOf(written);
  const before = readyConditionOf(previous);
  const after = readyConditionOf(status);
  if (!after || (before?.status === after.status && before.reason === after.reason)) return;
  const stalled = status?.conditions?.some(({ type }) => type === "Stalled") ?? false;
  if (after.status !== "True" && !stalled) return;
  await context.events.record(written, {
    type: stalled ? "Warning" : "Normal",
    reason: after.reason,
    message: after.message === "" ? after.reason : after.message,
  });
}

/** The schema of every kind the engine writes a status of holds the common part. */
function commonOf(resource: Resource): CommonStatus | undefined {
  return resource.status as CommonStatus | undefined;
}

import { isApiError, type Transport } from "@freehold/client";

import type { ServedKind } from "../connection/discovery.ts";
import { listAll } from "../connection/list-all.ts";
import { queryPath } from "../connection/query.ts";
import { watchEvents } from "../connection/watch-events.ts";
import { type Fields, fieldsOf } from "../json.ts";
import type { Goal } from "./goal.ts";

/** One object that is waited for. */
export interface Waited {
  readonly kind: ServedKind;
  readonly name: string;
  readonly namespace: string | undefined;
}

interface Watching {
  readonly signal: AbortSignal;
  /** Told every state, undefined for absence. */
  readonly onSeen: (object: Fields | undefined) => void;
}

/** Watches one object until the goal is met; false when the signal came first. Throws ApiError when the server refuses. */
export async function awaitGoal(
  transport: Transport,
  waited: Waited,
  goal: Goal,
  { signal, onSeen }: Watching,
): Promise<boolean> {
  while (!signal.aborted) {
    try {
      return await meets(statesOf(transport, waited, signal), goal, onSeen);
    } catch (error) {
      if (signal.aborted) return false;
      // The history up to where we were is gone: look at everything again.
      if (!isApiError(error, "Compacted")) throw error;
    }
  }
  return false;
}

async function meets(
  states: AsyncIterable<Fields | undefined>,
  goal: Goal,
  onSeen: Watching["onSeen"],
): Promise<boolean> {
  for await (const object of states) {
    onSeen(object);
    if (goal.isMet(object)) return true;
  }
  return false;
}

/** The object as it is, then as it becomes with each change. */
async function* statesOf(
  transport: Transport,
  { kind, name, namespace }: Waited,
  signal: AbortSignal,
): AsyncGenerator<Fields | undefined> {
  const query = { namespace, labelSelector: undefined, fieldSelector: `metadata.name=${name}` };
  const { items, resourceVersion } = await listAll(transport, kind, query, signal);
  yield items[0];
  const path = (from: string): string =>
    queryPath(kind, query, undefined, { watch: "true", resourceVersion: from });
  for await (const { type, object } of watchEvents({ transport, path, from: resourceVersion, signal })) {
    if (type !== "BOOKMARK") yield type === "DELETED" ? undefined : fieldsOf(object);
  }
}

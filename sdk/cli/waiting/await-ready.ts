import type { Transport } from "@freehold/client";

import { CliError, exitCodes } from "../cli-error.ts";
import { qualified } from "../connection/discovery.ts";
import type { Fields } from "../json.ts";
import { ProgressBoard } from "../output/progress-board.ts";
import { progressText } from "../output/progress-text.ts";
import type { Terminal } from "../terminal.ts";
import { awaitGoal, type Waited } from "./await-goal.ts";
import { conditionOf } from "./condition.ts";
import type { Goal } from "./goal.ts";

export const DEFAULT_WAIT_MS = 300_000;
/** What failed is tried again; only what stays stalled this long is given up. */
const STALLED_MS = 10_000;

export interface Waiting {
  readonly transport: Transport;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

/**
 * Waits until every object meets the goal, and draws how far each has come. Throws CliError when the time is up, and when all that is
 * left stays stalled: then nothing that is still under way could bring it on.
 */
export async function awaitAll(waiting: Waiting, objects: readonly Waited[], goal: Goal): Promise<void> {
  const { transport, terminal, signal, timeoutMs } = waiting;
  using board = new ProgressBoard(terminal);
  using patience = new Patience(STALLED_MS);
  const until = AbortSignal.any([signal, patience.signal, AbortSignal.timeout(timeoutMs)]);
  const left = new Map<string, Fields | undefined>();
  for (const waited of objects) left.set(titleOf(waited), undefined);
  await Promise.all(
    objects.map(async (waited) => {
      const title = titleOf(waited);
      const onSeen = (object: Fields | undefined): void => {
        left.set(title, object);
        board.set(title, `${title}  ${progressText(object)}`);
        patience.look([...left.values()].every((seen) => !goal.isMet(seen) && isStalled(seen)));
      };
      const isMet = await awaitGoal(transport, waited, goal, { signal: until, onSeen });
      if (isMet) {
        left.delete(title);
        patience.look(left.size > 0 && [...left.values()].every(isStalled));
      }
      board.remove(title);
    }),
  );
  signal.throwIfAborted();
  if (left.size > 0) throw await unmet(left, goal, patience.signal.aborted, timeoutMs);
}

/** Runs out when nothing but bad was seen for a while. */
class Patience implements Disposable {
  readonly #stop = new AbortController();
  readonly #lengthMs: number;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(lengthMs: number) {
    this.#lengthMs = lengthMs;
  }

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  look(isBad: boolean): void {
    if (!isBad) this[Symbol.dispose]();
    else this.#timer ??= setTimeout(() => this.#stop.abort(), this.#lengthMs);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

function titleOf({ kind, name }: Waited): string {
  return `${qualified(kind)}/${name}`;
}

function isStalled(object: Fields | undefined): boolean {
  return object !== undefined && conditionOf(object, "Stalled")?.status === "True";
}

async function unmet(
  left: ReadonlyMap<string, Fields | undefined>,
  goal: Goal,
  hasStalled: boolean,
  timeoutMs: number,
): Promise<CliError> {
  const found = [...left].map(([title, object]) => `${title}: ${progressText(object)}`).join("\n  ");
  const [object] = left.values();
  const { adviceFor } = await import("../advice.ts");
  const advice = object && (await adviceFor(object));
  const message = hasStalled
    ? `Cannot reach ${goal.title}: it is stalled\n  ${found}`
    : `timed out after ${timeoutMs / 1000} s waiting for ${goal.title}\n  ${found}`;
  return new CliError(message, {
    exitCode: hasStalled ? exitCodes.failed : exitCodes.timedOut,
    next: advice ?? "freehold describe shows more; give a longer --timeout",
  });
}

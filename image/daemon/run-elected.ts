import { setTimeout as pause } from "node:timers/promises";

import { acquireLease, type Backend, fencedBackend, type LeaseOptions } from "@freehold/store";
import type { Logger } from "pino";

import { aborted } from "./stop-signal.ts";

const LEASE = "controllers";
const RETRY_MS = 1000;

/** What runs as long as the lease is held. */
export interface Elected {
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface Election {
  readonly backend: Backend;
  /** For people: who holds the lease. */
  readonly holder: string;
  /** Made anew each time the lease is held, with a backend whose writes the store refuses once another holds it. */
  readonly create: (fenced: Backend) => Elected;
  readonly log: Logger;
  readonly signal: AbortSignal;
  readonly lease?: Pick<LeaseOptions, "clock" | "ttlMs">;
}

/**
 * Of all servers that share a store, one runs what `create` makes: waits for the lease, runs until it is lost, and waits again; until
 * the signal aborts.
 */
export async function runElected(election: Election): Promise<void> {
  const { backend, holder, log, signal, lease } = election;
  while (!signal.aborted) {
    try {
      await using held = await acquireLease(backend, LEASE, holder, { ...lease, signal });
      log.info({ holder }, "runs the controllers");
      await runWhile(
        AbortSignal.any([signal, held.lost]),
        election.create(fencedBackend(backend, held.fence)),
      );
      if (!signal.aborted) log.warn({ holder }, "lost the controllers, perhaps to another server");
    } catch (error) {
      if (signal.aborted) return;
      log.error({ err: error }, "cannot run the controllers; trying again");
      await pause(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}

async function runWhile(over: AbortSignal, elected: Elected): Promise<void> {
  try {
    // With the store away a start takes as long as that, and may never end.
    await Promise.race([elected.start(), aborted(over)]);
    await aborted(over);
  } finally {
    await elected.stop();
  }
}

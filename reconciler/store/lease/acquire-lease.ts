import { randomUUID } from "node:crypto";

import type { Backend, Entry, Revision } from "../backend.ts";
import { isStoreError } from "../errors.ts";
import { type Clock, systemClock } from "./clock.ts";
import type { Fence } from "./fenced-backend.ts";
import { HeldLease, type Lease } from "./held-lease.ts";
import { type LeaseKeys, leaseKeys, textOf } from "./lease-keys.ts";

export interface LeaseOptions {
  /** A holder that has not renewed for this long may be replaced. Default 15 s; the same for all who want the lease. */
  readonly ttlMs?: number;
  readonly clock?: Clock;
  /** Gives up waiting for it. */
  readonly signal?: AbortSignal;
}

const TTL_MS = 15_000;

/**
 * Waits until nobody else holds the lease, takes it and keeps renewing it. Nobody's clock is compared with another's: a holder
 * is given up when its key has not changed for `ttlMs` of the waiter's own time. A holder that was only slow may go on believing
 * for a while; `fencedBackend` makes that harmless. `holder` is for people. Throws the signal's reason when that aborts.
 */
export async function acquireLease(
  backend: Backend,
  name: string,
  holder: string,
  options: LeaseOptions = {},
): Promise<Lease> {
  const { ttlMs = TTL_MS, clock = systemClock, signal = new AbortController().signal } = options;
  const keys = leaseKeys(name);
  // A name alone would let two processes that were given the same one take each other's renewals for their own.
  const identity = `${holder} ${randomUUID()}`;
  let seen: { readonly revision: Revision; readonly since: number } | undefined;
  for (;;) {
    signal.throwIfAborted();
    try {
      const entry = await backend.get(keys.holder);
      const revision = entry?.modRevision ?? 0;
      if (seen?.revision !== revision) seen = { revision, since: clock.now() };
      const askedAt = clock.now();
      if (!entry || askedAt - seen.since >= ttlMs) {
        const fence = await takeOver(backend, keys, { entry, identity });
        return new HeldLease({ backend, keys, identity, fence, ttlMs, clock, renewedAt: askedAt });
      }
    } catch (error) {
      // Somebody was faster, or the store is away: both are waited for.
      if (!isStoreError(error, "Conflict") && !isStoreError(error, "Unavailable")) throw error;
    }
    await clock.sleep(ttlMs / 3, signal);
  }
}

/** The fence changes here and nowhere else. Throws StoreError `Conflict` when the holder did anything meanwhile. */
async function takeOver(
  backend: Backend,
  { holder, fence }: LeaseKeys,
  { entry, identity }: { readonly entry: Entry | undefined; readonly identity: string },
): Promise<Fence> {
  const before = await backend.get(fence);
  const modRevision = await backend.commit(
    [
      { key: holder, modRevision: entry?.modRevision ?? 0 },
      { key: fence, modRevision: before?.modRevision ?? 0 },
    ],
    [
      { type: "put", key: holder, value: textOf(identity) },
      { type: "put", key: fence, value: textOf(identity) },
    ],
  );
  return { key: fence, modRevision };
}

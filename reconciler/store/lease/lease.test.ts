import { array, assert, asyncProperty, constantFrom, integer, record } from "fast-check";
import { expect, test } from "vitest";

import type { Backend } from "../backend.ts";
import { isStoreError, StoreError } from "../errors.ts";
import { MemoryBackend } from "../memory/memory-backend.ts";
import { acquireLease } from "./acquire-lease.ts";
import type { Clock } from "./clock.ts";
import { fencedBackend } from "./fenced-backend.ts";
import type { Lease } from "./held-lease.ts";

const TTL_MS = 9_000;

/** A clock that moves when told; a process whose clock is not moved is a paused process. */
class ManualClock implements Clock {
  #now = 0;
  #sleepers: { at: number; wake: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      this.#sleepers.push({ at: this.#now + milliseconds, wake: resolve });
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
  }

  /** Moves on in steps, and lets everybody do what the time has come for. */
  async advance(milliseconds: number): Promise<void> {
    for (const end = this.#now + milliseconds; this.#now < end;) {
      this.#now = Math.min(end, this.#now + 1_000);
      const due = this.#sleepers.filter(({ at }) => at <= this.#now);
      this.#sleepers = this.#sleepers.filter(({ at }) => at > this.#now);
      for (const { wake } of due) wake();
      await settled();
    }
  }
}

/** The memory backend answers within the turn, so nothing is left to do at the next. */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

async function write(backend: Backend, lease: Lease, text: string): Promise<boolean> {
  try {
    const value = Buffer.from(text);
    await fencedBackend(backend, lease.fence).commit([], [{ type: "put", key: "/log", value }]);
    return true;
  } catch (error) {
    if (!isStoreError(error, "Unavailable")) throw error;
    return false;
  }
}

test("acquireLease() renews its key and leaves the fence alone, and nobody else gets in", async () => {
  await using backend = new MemoryBackend();
  const [first, second] = [new ManualClock(), new ManualClock()];
  await using lease = await acquireLease(backend, "main", "a", { ttlMs: TTL_MS, clock: first });
  const stop = new AbortController();
  const waiting = acquireLease(backend, "main", "b", { ttlMs: TTL_MS, clock: second, signal: stop.signal });
  for (let i = 0; i < 20; i += 1) {
    await first.advance(2_000);
    await second.advance(2_000);
  }
  expect(lease.lost.aborted).toBe(false);
  expect((await backend.get("/lease/main/holder"))?.version).toBeGreaterThan(10);
  expect((await backend.get("/lease/main/fence"))?.version).toBe(1);
  stop.abort(new Error("enough"));
  await expect(waiting).rejects.toThrow("enough");
});

test("acquireLease() replaces a holder that stopped, whose writes the fence then refuses", async () => {
  await using backend = new MemoryBackend();
  const [paused, running] = [new ManualClock(), new ManualClock()];
  await using old = await acquireLease(backend, "main", "a", { ttlMs: TTL_MS, clock: paused });
  const taking = acquireLease(backend, "main", "b", { ttlMs: TTL_MS, clock: running });
  await running.advance(TTL_MS * 2);
  await using lease = await taking;
  expect(lease.fence.modRevision).toBeGreaterThan(old.fence.modRevision);
  expect(old.lost.aborted).toBe(false);
  expect(await write(backend, old, "old")).toBe(false);
  expect(await write(backend, lease, "new")).toBe(true);
  await paused.advance(TTL_MS);
  expect(old.lost.aborted).toBe(true);
});

test("a lease given back is free at once", async () => {
  await using backend = new MemoryBackend();
  const clock = new ManualClock();
  const lease = await acquireLease(backend, "main", "a", { ttlMs: TTL_MS, clock });
  await lease[Symbol.asyncDispose]();
  await using next = await acquireLease(backend, "main", "b", { ttlMs: TTL_MS, clock });
  expect(await write(backend, next, "next")).toBe(true);
  expect(await write(backend, lease, "late")).toBe(false);
});

test("a lease survives a renewal of unknown outcome, and is lost when the store stays away", async () => {
  const clock = new ManualClock();
  await using memory = new MemoryBackend();
  let mood: "fine" | "silent" | "away" = "fine";
  const unavailable = (): StoreError => new StoreError("Unavailable", "Cannot commit: no answer");
  const backend = new Proxy(memory, {
    get(target, name) {
      if (name !== "commit") return Reflect.get(target, name, target)?.bind?.(target);
      return async (...given: Parameters<Backend["commit"]>) => {
        if (mood === "away") throw unavailable();
        const revision = await target.commit(...given);
        if (mood === "silent") throw unavailable();
        return revision;
      };
    },
  });
  await using lease = await acquireLease(backend, "main", "a", { ttlMs: TTL_MS, clock });
  mood = "silent";
  await clock.advance(3_000);
  mood = "fine";
  await clock.advance(TTL_MS * 2);
  expect(lease.lost.aborted).toBe(false);
  mood = "away";
  await clock.advance(TTL_MS * 2);
  expect(lease.lost.aborted).toBe(true);
});

test("two holders whose clocks stop and go at random never both write after a takeover", async () => {
  const steps = array(
    record({
      who: constantFrom(0, 1),
      do: constantFrom("advance", "advance", "write"),
      ms: integer({ min: 1, max: 30_000 }),
    }),
    { maxLength: 60 },
  );
  await assert(
    asyncProperty(steps, async (history) => {
      await using backend = new MemoryBackend();
      const stop = new AbortController();
      const clocks = [new ManualClock(), new ManualClock()];
      const leases: Lease[][] = [[], []];
      const living = clocks.map((clock, who) => live(backend, { clock, who, leases, signal: stop.signal }));
      for (const step of history) {
        const held = leases[step.who]?.at(-1);
        if (step.do === "advance") await clocks[step.who]?.advance(step.ms);
        else if (held) await write(backend, held, String(held.fence.modRevision));
      }
      stop.abort();
      await Promise.all(living);
      await expectFenced(backend);
    }),
    { numRuns: 60 },
  );
});

/** Wants the lease, holds it until it is lost, wants it again. */
async function live(
  backend: Backend,
  given: { clock: Clock; who: number; leases: Lease[][]; signal: AbortSignal },
): Promise<void> {
  const { clock, who, leases, signal } = given;
  while (!signal.aborted) {
    const lease = await acquireLease(backend, "main", `p${who}`, { ttlMs: TTL_MS, clock, signal }).catch(
      () => undefined,
    );
    if (!lease) return;
    leases[who]?.push(lease);
    await new Promise<void>((resolve) => {
      for (const end of [signal, lease.lost]) {
        if (end.aborted) resolve();
        end.addEventListener("abort", () => resolve());
      }
    });
    await lease[Symbol.asyncDispose]();
  }
}

/** Every write in the log was made under the fence that stood at its revision. */
async function expectFenced(backend: Backend): Promise<void> {
  const end = await backend.commit([], [{ type: "put", key: "/log/end", value: Buffer.of() }]);
  let fence = 0;
  for await (const { revision, changes } of backend.watch("/", 1, new AbortController().signal)) {
    for (const change of changes) {
      if (change.type !== "put") continue;
      if (change.entry.key.endsWith("/fence")) fence = revision;
      if (change.entry.key === "/log") expect(Number(Buffer.from(change.entry.value).toString())).toBe(fence);
    }
    if (revision === end) return;
  }
}

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { FakeClock, turn } from "./testing/index.ts";
import { WorkQueue } from "./work-queue.ts";

function fixture(): { clock: FakeClock; queue: WorkQueue; ran: string[]; running: Promise<void> } {
  const clock = new FakeClock();
  const queue = new WorkQueue({ clock, random: () => 0.5 });
  const ran: string[] = [];
  const running = queue.run(1, async (key) => void ran.push(key));
  return { clock, queue, ran, running };
}

describe("WorkQueue", () => {
  it("runs a key once when it was added many times before", async () => {
    const { queue, ran } = fixture();
    for (const key of ["a", "b", "a", "a"]) queue.add(key);
    await queue.idle();
    expect(ran).toEqual(["a", "b"]);
  });

  it("takes live changes before those queued in bulk, and raises a key that became urgent", async () => {
    const { queue, ran } = fixture();
    for (const key of ["bulk1", "bulk2", "bulk3"]) queue.add(key, "bulk");
    queue.add("live");
    queue.add("bulk3");
    queue.add("live", "bulk");
    await queue.idle();
    expect(ran).toEqual(["live", "bulk3", "bulk1", "bulk2"]);
  });

  it("runs a key again when it was touched while running", async () => {
    const clock = new FakeClock();
    const queue = new WorkQueue({ clock });
    let runs = 0;
    void queue.run(2, async (key) => {
      runs += 1;
      if (runs === 1) {
        queue.add(key);
        queue.add(key);
      }
    });
    queue.add("a");
    await queue.idle();
    expect(runs).toBe(2);
  });

  it("retry() doubles the delay from 0.1 to 60 s, and succeed() begins anew", async () => {
    const { clock, queue, ran } = fixture();
    const delays: number[] = [];
    for (let i = 0; i < 12; i += 1) {
      queue.retry("a");
      const began = clock.now();
      while (ran.length === i) await clock.advance(25);
      delays.push(clock.now() - began);
    }
    expect(delays).toEqual([100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 51_200, 60_000, 60_000]);
    expect(queue.failures("a")).toBe(12);
    queue.succeed("a");
    queue.retry("a");
    await clock.advance(100);
    expect(ran).toHaveLength(13);
  });

  it("addAfter() keeps the earliest of several delays", async () => {
    const { clock, queue, ran } = fixture();
    queue.addAfter("a", 500);
    queue.addAfter("a", 100);
    queue.addAfter("a", 900);
    await clock.advance(99);
    expect(ran).toEqual([]);
    await clock.advance(1000);
    expect(ran).toEqual(["a"]);
  });

  it("close() ends the workers, the idle waiters and all timers", async () => {
    const { clock, queue, running } = fixture();
    queue.addAfter("later", 1000);
    queue.add("now", "bulk");
    const idle = queue.idle();
    queue.close();
    await Promise.all([running, idle]);
    queue.add("after");
    queue.addAfter("after", 1);
    expect([clock.waiting, queue.size]).toEqual([0, 0]);
  });

  it("never runs a key twice at once and loses none, whatever is added when", async () => {
    const action = fc.oneof(
      fc.record({ do: fc.constantFrom("urgent", "bulk", "later"), key: fc.constantFrom("a", "b", "c") }),
      fc.record({ do: fc.constant("finish"), key: fc.constantFrom("a", "b", "c") }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(action, { maxLength: 40 }),
        fc.integer({ min: 1, max: 3 }),
        async (actions, workers) => {
          const clock = new FakeClock();
          const queue = new WorkQueue({ clock, random: () => 0.5 });
          const ends = new Map<string, () => void>();
          /** The model: keys that were added after their last run began. */
          const owed = new Set<string>();
          const handle = async (key: string): Promise<void> => {
            expect(ends.has(key)).toBe(false);
            owed.delete(key);
            await new Promise<void>((resolve) => ends.set(key, resolve));
            ends.delete(key);
          };
          const done = queue.run(workers, handle);
          for (const { do: what, key } of actions) {
            if (what === "finish") ends.get(key)?.();
            else owed.add(key);
            if (what === "later") queue.addAfter(key, 10);
            else if (what === "urgent" || what === "bulk") queue.add(key, what);
            await turn(1);
          }
          await clock.advance(10);
          while (queue.size > 0) {
            for (const end of ends.values()) end();
            await turn(1);
          }
          expect([...owed]).toEqual([]);
          queue.close();
          await done;
        },
      ),
      { numRuns: 200 },
    );
  });
});

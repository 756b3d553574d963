import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { FairShare } from "./fair-share.ts";
import { withinDeadline } from "./within-deadline.ts";

/** Takes places until none is given. */
function fill(share: FairShare, client: string): readonly (() => void)[] {
  const taken: (() => void)[] = [];
  for (let leave = share.enter(client); leave; leave = share.enter(client)) taken.push(leave);
  return taken;
}

describe("FairShare", () => {
  it("gives a greedy client half, and goes on for others", () => {
    const share = new FairShare(100);
    expect(fill(share, "greedy")).toHaveLength(50);
    expect(fill(share, "second")).toHaveLength(25);
    const leave = share.enter("modest");
    expect(leave).toBeDefined();
    leave?.();
    expect(share.total).toBe(75);
  });

  it("gives a place back once", () => {
    const share = new FairShare(4);
    const [first] = fill(share, "a");
    first?.();
    first?.();
    expect(share.total).toBe(1);
  });

  it("never holds more than its limit, and finds room for a newcomer until it is full", () => {
    const step = fc.record({ client: fc.constantFrom("a", "b", "c"), enters: fc.boolean() });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.array(step, { maxLength: 200 }), (limit, steps) => {
        const share = new FairShare(limit);
        const held: (() => void)[] = [];
        for (const { client, enters } of steps) {
          if (!enters) held.pop()?.();
          const leave = enters ? share.enter(client) : undefined;
          if (leave) held.push(leave);
          expect(share.total).toBe(held.length);
          expect(share.total).toBeLessThanOrEqual(limit);
          const visit = share.enter("newcomer");
          expect(visit !== undefined).toBe(held.length < limit);
          visit?.();
        }
      }),
    );
  });
});

describe("withinDeadline()", () => {
  it("answers 504 when the time is over, and what came when it is not", async () => {
    let over: () => void = () => undefined;
    const schedule = (done: () => void): NodeJS.Timeout => {
      over = done;
      return setTimeout(() => undefined, 0);
    };
    const late = withinDeadline(new Promise(() => undefined), 1000, schedule);
    over();
    await expect(late).rejects.toMatchObject({ code: 504, reason: "Timeout" });
    expect(await withinDeadline(Promise.resolve("done"), 1000, schedule)).toBe("done");
    await expect(withinDeadline(Promise.reject(new Error("x")), 1000, schedule)).rejects.toThrow("x");
  });
});

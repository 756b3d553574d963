import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { LoginThrottle } from "./login-throttle.ts";

describe("LoginThrottle", () => {
  it("lets three attempts pass, and then doubles the wait up to a quarter of an hour", () => {
    let now = 0;
    const throttle = new LoginThrottle(() => now);
    const waits: number[] = [];
    while (waits.length < 12) {
      const wait = throttle.attempt(["user a"]);
      if (wait > 0) waits.push(wait);
      now += wait;
    }
    expect(waits.slice(0, 4)).toEqual([1000, 2000, 4000, 8000]);
    expect(waits.at(-1)).toBe(900_000);
  });

  it("counts users and addresses apart, and clears both by a success", () => {
    const throttle = new LoginThrottle(() => 0);
    for (let i = 0; i < 4; i += 1) throttle.attempt([`user ${i}`, "address x"]);
    expect(throttle.attempt(["user 9", "address x"])).toBe(1000);
    expect(throttle.attempt(["user 9", "address y"])).toBe(0);
    throttle.succeed(["user 9", "address x"]);
    expect(throttle.attempt(["user 9", "address x"])).toBe(0);
  });

  it("does not let guesses pass that are made at the same time", () => {
    const throttle = new LoginThrottle(() => 0);
    const passed = Array.from({ length: 100 }, () => throttle.attempt(["user a"])).filter(
      (wait) => wait === 0,
    );
    expect(passed).toHaveLength(4);
  });

  it("forgets after a quiet time, and never holds more than ten thousand", () => {
    let now = 0;
    const throttle = new LoginThrottle(() => now);
    for (let i = 0; i < 4; i += 1) throttle.attempt(["user a"]);
    now += 2000 + 15 * 60 * 1000;
    expect(throttle.attempt(["user a"])).toBe(0);
    expect(throttle.attempt(["user a"])).toBe(0);
    for (let i = 0; i < 12_000; i += 1) throttle.attempt([`address ${i}`]);
    expect(throttle.size).toBe(10_000);
  });

  it("never lets more guesses pass than the delays allow, whatever the times between", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5000 }), { maxLength: 100 }), (pauses) => {
        let now = 0;
        let passed = 0;
        const throttle = new LoginThrottle(() => now);
        for (const pause of pauses) {
          now += pause;
          if (throttle.attempt(["user a"]) === 0) passed += 1;
        }
        // The delays of n guesses add up to 2^(n-4) - 1 seconds at least.
        if (passed > 4) expect(now).toBeGreaterThanOrEqual((2 ** (passed - 4) - 1) * 1000);
      }),
    );
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { commonReasons } from "./common-reasons.ts";
import { conditionsOf, isReady, type Standing } from "./conditions.ts";
import { statusProblems } from "./testing/index.ts";
import { lampKind } from "./testing/toy.ts";

const lamp = lampKind.draft(
  { name: "a", generation: 3, creationTimestamp: "2026-01-01T00:00:00Z" },
  { brightness: 1 },
);
const standing: fc.Arbitrary<Standing> = fc.record({
  type: fc.constantFrom("ready" as const, "waiting" as const, "stalled" as const, "working" as const),
  reason: fc.constantFrom(...Object.keys(commonReasons)),
  message: fc.string(),
});

describe("conditionsOf()", () => {
  it("satisfies the checker through any history, and moves times only with the status", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(standing, fc.integer({ min: 1, max: 3 })), { minLength: 1 }),
        (history) => {
          let conditions = conditionsOf(
            history[0]?.[0] ?? { type: "ready" },
            1,
            undefined,
            "2026-01-02T00:00:00Z",
          );
          for (const [[said, generation], second] of history.map((item, i) => [item, i] as const)) {
            const now = `2026-01-02T00:00:${String(second % 60).padStart(2, "0")}Z`;
            const before = conditions;
            conditions = conditionsOf(said, generation, { conditions: [...before] }, now);
            for (const { type, status, lastTransitionTime } of conditions) {
              const old = before.find((condition) => condition.type === type);
              expect(lastTransitionTime).toBe(old?.status === status ? old.lastTransitionTime : now);
            }
            const status = { observedGeneration: generation, conditions: [...conditions] };
            expect(statusProblems(lampKind, { ...lamp, status })).toEqual([]);
          }
        },
      ),
    );
  });

  it("isReady() asks for this very generation", () => {
    const conditions = [...conditionsOf({ type: "ready" }, 2, undefined, "2026-01-02T00:00:00Z")];
    expect(isReady({ metadata: { generation: 2 }, status: { conditions } })).toBe(true);
    expect(isReady({ metadata: { generation: 3 }, status: { conditions } })).toBe(false);
    expect(isReady({ metadata: { generation: 3 } })).toBe(false);
  });
});

describe("statusProblems()", () => {
  it("names everything that is wrong", () => {
    const bad = { status: "True" as const, message: "", lastTransitionTime: "yesterday" };
    const status = {
      conditions: [
        { ...bad, type: "Reconciling", reason: "Ready", observedGeneration: 9 },
        { ...bad, type: "Stalled", reason: "Invented", lastTransitionTime: "2025-01-01T00:00:00Z" },
        { ...bad, type: "Odd", reason: "NoPlug", status: "False" as const, observedGeneration: 1 },
      ],
    };
    expect(statusProblems(lampKind, { ...lamp, status })).toMatchInlineSnapshot(`
      [
        "Ready: missing, found Reconciling, Stalled, Odd",
        "Reconciling and Stalled: both, wanted at most one",
        "Reconciling: observedGeneration 9 is ahead of generation 3",
        "Reconciling: lastTransitionTime is yesterday, wanted RFC 3339 in UTC",
        "Stalled: reason Invented is not documented for Lamp.test.freehold.dev",
        "Stalled: observedGeneration missing",
        "Stalled: lastTransitionTime 2025-01-01T00:00:00Z is before the object's birth 2026-01-01T00:00:00Z",
        "Odd: no condition of ours",
        "Odd: False, wanted True or nothing",
        "Odd: lastTransitionTime is yesterday, wanted RFC 3339 in UTC",
        "status.observedGeneration: missing",
      ]
    `);
    expect(statusProblems(lampKind, lamp)).toEqual(["status.conditions: missing, wanted at least Ready"]);
  });
});

import type { Limits } from "@freehold/agent-ports";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { allLimitLines, limitLines, limitsFrom } from "./limit-lines.ts";

const limits: fc.Arbitrary<Limits> = fc.record(
  {
    memoryBytes: fc.integer({ min: 4096, max: 2 ** 50 }),
    cpuMillis: fc.integer({ min: 10, max: 64_000 }),
    pids: fc.integer({ min: 1, max: 4_000_000 }),
  },
  { requiredKeys: [] },
);

describe("limitsFrom()", () => {
  it("reads what allLimitLines() wrote", () => {
    fc.assert(
      fc.property(limits, fc.constantFrom("v1" as const, "v2" as const), (limits, version) => {
        const lines = allLimitLines(version, limits).map(({ file, value }) => [file, value] as const);
        expect(limitsFrom(version, Object.fromEntries(lines))).toEqual(limits);
      }),
    );
  });

  it("leaves out what the kernel says is not limited or not there", () => {
    const v1 = {
      "memory.limit_in_bytes": "9223372036854771712",
      "cpu.cfs_quota_us": "-1",
      "pids.max": "max",
    };
    expect(limitsFrom("v1", v1)).toEqual({});
    expect(limitsFrom("v2", { "memory.max": "max", "cpu.max": "max 100000" })).toEqual({});
    expect(limitsFrom("v2", {})).toEqual({});
  });
});

describe("limitLines()", () => {
  it("has no line for what is not limited", () => {
    expect(limitLines("v1", {})).toEqual([]);
    expect(limitLines("v2", { pids: 5 })).toEqual([{ controller: "pids", file: "pids.max", value: "5" }]);
  });
});

import { machineKind } from "@freehold/apis/system";
import { containerKind, FIRST_UID_BASE, UID_COUNT } from "@freehold/apis/workload";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { machine, sample, webContainer } from "../testing/samples.ts";
import { allotmentOf } from "./allotment.ts";

describe("allotmentOf()", () => {
  it("gives no uid range or address twice, and lets everybody keep theirs, through any coming and going", () => {
    const small = sample(machineKind, "m1", { ...machine.spec, bridgeCidr: "10.77.0.1/28" });
    const act = fc.record({ stay: fc.boolean(), name: fc.stringMatching(/^[a-h]$/) });
    fc.assert(
      fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
        const containers = new Map<string, typeof webContainer>();
        for (const { stay, name } of acts) {
          if (!stay) {
            containers.delete(name);
            continue;
          }
          const given = allotmentOf({ name, namespace: "default" }, small, [...containers.values()]);
          const before = containers.get(name)?.spec;
          expect({ uidBase: before?.uidBase ?? given.uidBase, ipv4: before?.ipv4 ?? given.ipv4 }).toEqual(
            given,
          );
          containers.set(
            name,
            sample(containerKind, name, { ...webContainer.spec, package: name, ...given }),
          );
          const specs = [...containers.values()].map(({ spec }) => spec);
          expect(new Set(specs.map(({ uidBase }) => uidBase)).size).toBe(specs.length);
          expect(new Set(specs.map(({ ipv4 }) => ipv4)).size).toBe(specs.length);
          expect((given.uidBase - FIRST_UID_BASE) % UID_COUNT).toBe(0);
          expect(["10.77.0.0", "10.77.0.1", "10.77.0.15"]).not.toContain(given.ipv4);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("tends to give the same again, and says when there is no more", () => {
    const tiny = sample(machineKind, "m1", { ...machine.spec, bridgeCidr: "10.77.0.1/30" });
    const place = { name: "a", namespace: "default" };
    const given = allotmentOf(place, tiny, []);
    expect(allotmentOf(place, tiny, [])).toEqual(given);
    const taken = sample(containerKind, "b", { ...webContainer.spec, ...given });
    expect(() => allotmentOf(place, tiny, [taken])).toThrow("Cannot give out another of 1: all are taken");
  });
});

import { describe, expect, it } from "vitest";

import type { CreateSetup } from "./conformance-setup.ts";

export function machineHostConformance(name: string, createSetup: CreateSetup): void {
  describe(`MachineHost of ${name}`, () => {
    it("facts() are plausible, and the same when asked again", async () => {
      await using setup = await createSetup();
      const facts = await setup.host.machine.facts();
      expect(facts).toMatchObject({ architecture: expect.stringMatching(/^(x86_64|aarch64)$/) });
      expect(facts.kernel).toMatch(/^\d+\.\d+/);
      expect(Math.min(facts.cpus, facts.memoryBytes)).toBeGreaterThan(0);
      expect(await setup.host.machine.facts()).toEqual(facts);
    });
  });
}

import { expect, it } from "vitest";

import { crashDrill } from "../drill/crash.ts";
import { driftDrill } from "../drill/drift.ts";

it("every harm done by hand is repaired, and an event tells the fact", async () => {
  const rows = await driftDrill();
  console.table(rows);
  expect(rows).toHaveLength(6);
});

it("the world equals the store after 30 seconds of random changes and kills", async () => {
  const seed = Math.floor(Math.random() * 1_000_000);
  const report = await crashDrill(30, seed, console.log);
  console.log(JSON.stringify({ seed, ...report }));
  expect(report.leftovers).toEqual({});
  expect(report.unsettled).toEqual([]);
  expect(report.stoppedByControlPlane).toBe(0);
});

import { expect, it } from "vitest";

import { Pace } from "./pace.ts";

it("Pace tells rate and time left out of the last seconds, and begins anew with each phase", () => {
  let now = 0;
  const pace = new Pace(() => now);
  const at = (seconds: number, done: number, phase = "Uploading"): object => {
    now = seconds;
    return pace.of({ phase, done, total: 1000 });
  };
  expect(at(0, 100)).toEqual({});
  expect(at(1, 200)).toEqual({ rate: 100, etaSeconds: 8 });
  expect(at(10, 200)).toEqual({});
  expect(at(12, 600)).toEqual({ rate: 200, etaSeconds: 2 });
  expect(at(13, 700, "Verifying")).toEqual({});
});

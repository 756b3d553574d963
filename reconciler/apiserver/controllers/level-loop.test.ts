import { expect, test } from "vitest";

import { LevelLoop } from "./level-loop.ts";

test("LevelLoop looks once at the start, again when told, and never twice at once", async () => {
  const told = Promise.withResolvers<void>();
  const second = Promise.withResolvers<void>();
  let running = 0;
  let passes = 0;
  const loop = new LevelLoop(
    async function* (signal) {
      yield false;
      await told.promise;
      yield true;
      yield true;
      await aborted(signal);
    },
    async () => {
      running += 1;
      expect(running).toBe(1);
      passes += 1;
      if (passes === 1) told.resolve();
      if (passes === 2) second.resolve();
      await Promise.resolve();
      running -= 1;
    },
    () => undefined,
  );
  loop.start();
  await second.promise;
  await loop.stop();
  expect(passes).toBeGreaterThanOrEqual(2);
});

test("LevelLoop tells what went wrong and stops although it is waiting to try again", async () => {
  const logged = Promise.withResolvers<string>();
  const loop = new LevelLoop(
    async function* (signal) {
      yield true;
      await aborted(signal);
    },
    () => Promise.reject(new Error("no")),
    logged.resolve,
  );
  loop.start();
  expect(await logged.promise).toBe("Cannot finish a pass: Error: no");
  await loop.stop();
});

function aborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal.aborted) resolve();
  signal.addEventListener("abort", () => resolve());
  return promise;
}

import { mkdtempDisposableSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "vitest";

import { Places } from "./places.ts";
import { claimUp, runningUp } from "./up-pid.ts";

test("claimUp() lets one process in, names it to the next, and lets go at the end", () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), "up-"));
  const places = new Places(folder.path);
  expect(runningUp(places)).toBeUndefined();
  const claim = claimUp(places);
  expect(runningUp(places)).toBe(process.pid);
  expect(() => claimUp(places)).toThrow(
    `Cannot start on "${folder.path}": process ${process.pid} runs it already`,
  );
  claim[Symbol.dispose]();
  expect(runningUp(places)).toBeUndefined();
});

test("runningUp() does not take another process of the same number for it, nor an old file", () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), "up-"));
  const places = new Places(folder.path);
  using held = new DisposableStack();
  held.use(claimUp(places));
  const [pid] = readFileSync(places.pid, "utf8").split(" ");
  for (const text of [`${pid} 1\n`, `${pid}`, "", "nonsense 5"]) {
    writeFileSync(places.pid, text);
    expect(runningUp(places)).toBeUndefined();
  }
});

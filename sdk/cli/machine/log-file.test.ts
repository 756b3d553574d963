import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";

import { followFile, tailPosition } from "./log-file.ts";
import { SinceFilter, withoutStamp } from "./log-lines.ts";

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "freehold-log-"))));
afterAll(() => rmSync(folder, { recursive: true }));

test("tailPosition() finds the last lines of any text", async () => {
  const path = join(folder, "tail");
  const text = fc.string({ unit: fc.constantFrom("a", "\n", "x".repeat(40_000)), maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(text, fc.nat(5), async (content, count) => {
      writeFileSync(path, content);
      await using file = await open(path);
      const lines = content.split(/(?<=\n)/);
      const wanted = count === 0 ? "" : lines.slice(-count).join("");
      const { position, missing } = await tailPosition(file, count);
      expect(content.slice(position)).toBe(wanted);
      const there = content === "" ? 0 : lines.filter((line) => line !== "").length;
      expect(missing).toBe(Math.max(0, count - there));
    }),
    { numRuns: 50 },
  );
});

test("followFile() goes on with what is written, and with the file that takes its place", async () => {
  const path = join(folder, "log");
  writeFileSync(path, "one\n");
  const stop = new AbortController();
  const seen: string[] = [];
  for await (const piece of followFile(path, 0, stop.signal)) {
    seen.push(piece.toString());
    if (seen.length === 1) appendFileSync(path, "two\n");
    if (seen.length === 2) {
      renameSync(path, `${path}.1`);
      writeFileSync(path, "three\n");
    }
    if (seen.length === 3) stop.abort();
  }
  expect(seen).toEqual(["one\n", "two\n", "three\n"]);
});

test("SinceFilter passes from the first line that is young enough on", () => {
  const filter = new SinceFilter(Date.parse("2026-01-01T10:00:00Z"));
  const lines = ["start", "2026-01-01T09:59:59Z a", "  trace", "[2026-01-01T10:00:00Z] b", "  trace"];
  expect(lines.filter((line) => filter.passes(line))).toEqual(lines.slice(3));
});

test("withoutStamp() gives back what a program wrote", () => {
  expect(withoutStamp("2026-11-21T12:48:38.065579Z 2026-01-01T00:00:00Z a\n")).toBe(
    "2026-01-01T00:00:00Z a\n",
  );
  expect(withoutStamp("  2026-11-21T12:48:38.065579Z a")).toBe("  2026-11-21T12:48:38.065579Z a");
});

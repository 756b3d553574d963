import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { brokenFrameOf } from "./check-log.ts";
import { EmbeddedBackend } from "./embedded-backend.ts";

const folder = mkdtempSync(join(tmpdir(), "freehold-log-"));
const crashed = join(folder, "crashed.db");
const COMMITS = 20;
afterAll(() => rmSync(folder, { recursive: true }));

/** What a crash leaves behind: the file and its log, copied while the store is open. */
beforeAll(async () => {
  const file = join(folder, "store.db");
  await using backend = await EmbeddedBackend.open(file);
  for (let i = 0; i < COMMITS; i += 1) {
    await backend.commit([], [{ type: "put", key: `/a/${i}`, value: Buffer.alloc(6_000, `${i} `) }]);
  }
  copyFileSync(file, crashed);
  copyFileSync(`${file}-wal`, `${crashed}-wal`);
});

function place(log: Uint8Array): string {
  const file = join(folder, "again.db");
  for (const end of ["", "-wal", "-shm"]) rmSync(file + end, { force: true });
  copyFileSync(crashed, file);
  writeFileSync(`${file}-wal`, log);
  return file;
}

function flipped(log: Buffer, at: number): Buffer {
  const copy = Buffer.from(log);
  copy[at] = (copy[at] ?? 0) ^ 0x10;
  return copy;
}

test("EmbeddedBackend.open() finds everything in the log of a crashed process", async () => {
  await using backend = await EmbeddedBackend.open(place(readFileSync(`${crashed}-wal`)));
  expect((await backend.range("/a/")).count).toBe(COMMITS);
});

test("EmbeddedBackend.open() refuses a log whose damage would hide acknowledged transactions", async () => {
  const log = readFileSync(`${crashed}-wal`);
  for (const share of [0.001, 0.2, 0.5, 0.7]) {
    const file = place(flipped(log, Math.floor(log.length * share)));
    await expect(EmbeddedBackend.open(file)).rejects.toMatchObject({ code: "Corrupt" });
  }
});

test("EmbeddedBackend.open() forgets a last transaction that a crash tore", async () => {
  const log = readFileSync(`${crashed}-wal`);
  for (const cut of [1, 3_000, 4_200]) {
    await using backend = await EmbeddedBackend.open(place(log.subarray(0, log.length - cut)));
    expect((await backend.range("/a/")).count).toBe(COMMITS - 1);
  }
});

test("brokenFrameOf() finds every flipped byte but those of the last transaction", () => {
  const log = readFileSync(`${crashed}-wal`);
  expect(brokenFrameOf(log)).toBeUndefined();
  const last = log.length - 5 * 4_120;
  for (let at = 0; at < last; at += 997) expect(brokenFrameOf(flipped(log, at)), `byte ${at}`).toBeDefined();
});

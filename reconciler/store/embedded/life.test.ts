import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, expect, test } from "vitest";

import { isStoreError, type StoreError } from "../errors.ts";
import { backupStore } from "./backup-store.ts";
import { EmbeddedBackend } from "./embedded-backend.ts";
import { StoreWriter } from "./store-writer.ts";

const folder = mkdtempSync(join(tmpdir(), "freehold-life-"));
afterAll(() => rmSync(folder, { recursive: true }));

function put(key: string, value: string) {
  return { type: "put", key, value: Buffer.from(value) } as const;
}

test("EmbeddedBackend.open() finds everything as it was left, and goes on from there", async () => {
  const file = join(folder, "again.db");
  let deleted: number;
  {
    await using backend = await EmbeddedBackend.open(file);
    await backend.commit([], [put("/a", "1"), put("/b", "1")]);
    await backend.commit([], [put("/a", "2")]);
    deleted = await backend.commit([], [{ type: "delete", key: "/b" }]);
    await backend.compact(deleted);
  }
  {
    await using backend = await EmbeddedBackend.open(file);
    expect(await backend.revision()).toBe(deleted);
    expect(await backend.get("/a")).toMatchObject({ version: 2, modRevision: deleted - 1 });
    await expect(backend.range("/", { at: deleted - 1 })).rejects.toMatchObject({ code: "Compacted" });
    // Nothing is left of the newest revision but the counter itself.
    await backend.commit([], [{ type: "delete", key: "/a" }]);
    await backend.compact(deleted + 1);
  }
  await using backend = await EmbeddedBackend.open(file);
  expect(await backend.commit([], [put("/a", "3")])).toBe(deleted + 2);
});

test("EmbeddedBackend.open() names the file another process or owner has open", async () => {
  const file = join(folder, "taken.db");
  await using first = await EmbeddedBackend.open(file);
  const second = EmbeddedBackend.open(file);
  await expect(second).rejects.toMatchObject({
    code: "Unavailable",
    message: `Cannot open the store "${file}": another process uses it`,
  });
  const door = fileURLToPath(new URL("./embedded-backend.ts", import.meta.url));
  const other = spawn(process.execPath, [
    "--input-type=module",
    "-e",
    `import { EmbeddedBackend } from ${JSON.stringify(door)};
     await EmbeddedBackend.open(${JSON.stringify(file)}).catch((error) => console.log(error.message));`,
  ]);
  const [said] = await once(other.stdout, "data");
  expect(await first.revision()).toBe(1);
  expect(String(said)).toContain(`"${file}": another process uses it`);
});

test("EmbeddedBackend[asyncDispose] lets commits in flight arrive, refuses the others, and tells each", async () => {
  const file = join(folder, "closing.db");
  const backend = await EmbeddedBackend.open(file);
  const commits = Array.from({ length: 600 }, (_, i) => backend.commit([], [put(`/${i}`, "x")]));
  const settled = Promise.allSettled(commits);
  await Promise.resolve();
  await Promise.resolve();
  await backend[Symbol.asyncDispose]();
  const outcomes = await settled;
  const written = outcomes.flatMap((outcome, i) => (outcome.status === "fulfilled" ? [`/${i}`] : []));
  for (const outcome of outcomes) {
    if (outcome.status === "rejected") expect(isStoreError(outcome.reason, "Unavailable")).toBe(true);
  }
  await expect(backend.commit([], [put("/late", "x")])).rejects.toMatchObject({ code: "Unavailable" });
  await using again = await EmbeddedBackend.open(file);
  expect((await again.range("/")).entries.map(({ key }) => key)).toEqual(written.toSorted());
  expect(written.length).toBeGreaterThan(0);
});

test("StoreWriter.ask() fails as Unavailable once its thread is gone, and says so once", async () => {
  const lost: StoreError[] = [];
  const { writer } = await StoreWriter.open(join(folder, "lost.db"), (error) => lost.push(error));
  const row = { revision: 2, part: 0, key: "/a", createRevision: 2, version: 1, value: null };
  const asked = writer.ask({ type: "commit", rows: [row] });
  const ended = writer.kill();
  await expect(asked).rejects.toMatchObject({ code: "Unavailable" });
  await ended;
  await expect(writer.ask({ type: "checkpoint" })).rejects.toMatchObject({ code: "Unavailable" });
  await writer.close();
  expect(lost.length).toBe(1);
});

test("StoreWriter writes nothing more after a failure it cannot explain", async () => {
  const file = join(folder, "broken.db");
  const { writer } = await StoreWriter.open(file, () => undefined);
  const row = { revision: 2, part: 0, key: "/a", createRevision: 2, version: 1, value: null };
  await expect(writer.ask({ type: "commit", rows: [row, row] })).rejects.toMatchObject({
    code: "Unavailable",
  });
  await expect(writer.ask({ type: "commit", rows: [row] })).rejects.toThrow(file);
  await writer.close();
});

test("backupStore() copies a store in use, and the copy goes on where no watch of the original was", async () => {
  const file = join(folder, "original.db");
  const copy = join(folder, "copy.db");
  await using original = await EmbeddedBackend.open(file);
  const revision = await original.commit([], [put("/a", "1")]);
  backupStore(file, copy);
  const later = await original.commit([], [put("/a", "2")]);
  expect(() => backupStore(file, copy)).toThrow(copy);
  await using restored = await EmbeddedBackend.open(copy);
  expect(await restored.get("/a")).toMatchObject({ modRevision: revision });
  expect(await restored.revision()).toBeGreaterThan(later + 1_000_000);
  const stale = restored.watch("/", later, new AbortController().signal)[Symbol.asyncIterator]();
  await expect(stale.next()).rejects.toMatchObject({ code: "Compacted" });
});

test("EmbeddedBackend is quiet when idle: it writes nothing and keeps no timer", async () => {
  const file = join(folder, "idle.db");
  await using backend = await EmbeddedBackend.open(file);
  await backend.commit([], [put("/a", "1")]);
  const stamps = (): number[] => [file, `${file}-wal`].map((path) => statSync(path).mtimeMs);
  const before = stamps();
  const timers = process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
  for (let i = 0; i < 100; i += 1) await backend.range("/");
  expect(stamps()).toEqual(before);
  expect(process.getActiveResourcesInfo().filter((name) => name === "Timeout").length).toBe(timers);
});

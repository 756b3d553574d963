import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { assert, asyncProperty, integer, nat } from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";

import { isStoreError } from "../errors.ts";
import { EmbeddedBackend } from "./embedded-backend.ts";

const folder = mkdtempSync(join(tmpdir(), "freehold-damage-"));
const sound = join(folder, "sound.db");
const damaged = join(folder, "damaged.db");
afterAll(() => rmSync(folder, { recursive: true }));

async function contents(file: string): Promise<string> {
  await using backend = await EmbeddedBackend.open(file);
  const { entries, revision } = await backend.range("");
  return JSON.stringify([
    revision,
    entries.map((entry) => ({ ...entry, value: Buffer.from(entry.value).toString() })),
  ]);
}

let wanted: string;
beforeAll(async () => {
  {
    await using backend = await EmbeddedBackend.open(sound);
    for (let i = 0; i < 60; i += 1) {
      const value = Buffer.from(`${i} ${"x".repeat(i * 40)}`);
      await backend.commit([], [{ type: "put", key: `/a/${i % 25}`, value }]);
    }
    // Leaves free pages behind, where damage does no harm.
    await backend.compact(await backend.revision());
  }
  wanted = await contents(sound);
});

test("EmbeddedBackend.open() refuses a damaged file as Corrupt, or serves all of it unharmed", async () => {
  const size = readFileSync(sound).length;
  let refused = 0;
  await assert(
    asyncProperty(
      nat(size - 1),
      integer({ min: 1, max: 255 }),
      integer({ min: 1, max: 8 }),
      async (at, flip, length) => {
        const bytes = readFileSync(sound);
        for (let i = at; i < Math.min(size, at + length); i += 1) bytes[i] = (bytes[i] ?? 0) ^ flip;
        writeFileSync(damaged, bytes);
        try {
          expect(await contents(damaged)).toBe(wanted);
        } catch (error) {
          if (!isStoreError(error)) throw error;
          expect(error.message).toContain(damaged);
          expect(error.code).toBe("Corrupt");
          refused += 1;
        }
      },
    ),
    { numRuns: 60 },
  );
  expect(refused).toBeGreaterThan(5);
}, 60_000);

test("EmbeddedBackend.open() notices rows that are gone without a trace", async () => {
  copyFileSync(sound, damaged);
  const database = new DatabaseSync(damaged);
  database.exec("DELETE FROM kv WHERE revision = (SELECT MAX(revision) FROM kv)");
  database.close();
  await expect(EmbeddedBackend.open(damaged)).rejects.toMatchObject({ code: "Corrupt" });
});

test("EmbeddedBackend.open() refuses files that are no store", async () => {
  writeFileSync(
    damaged,
    "something else entirely, and long enough to be read as a header of one".repeat(100),
  );
  await expect(EmbeddedBackend.open(damaged)).rejects.toMatchObject({ code: "Corrupt" });
  rmSync(damaged);
  const database = new DatabaseSync(damaged);
  database.exec("CREATE TABLE photos (name TEXT)");
  database.close();
  await expect(EmbeddedBackend.open(damaged)).rejects.toThrow(damaged);
});

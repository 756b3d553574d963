import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { EmbeddedBackend, isStoreError } from "@freehold/store";
import { afterAll, beforeAll, expect, test } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "freehold-no-space-"));
beforeAll(() => execFileSync("mount", ["-t", "tmpfs", "-o", "size=8m", "tmpfs", folder]));
afterAll(() => {
  execFileSync("umount", [folder]);
  rmSync(folder, { recursive: true });
});

const file = join(folder, "store.db");
const ballast = join(folder, "ballast");

function pair(number: number) {
  const value = Buffer.alloc(20_000, `${number} `);
  return ["/a", "/b"].map((side) => ({ type: "put" as const, key: `/pair/${number}${side}`, value }));
}

test("EmbeddedBackend says NoSpace when the disk is full, still reads, and goes on when there is room", async () => {
  writeFileSync(ballast, Buffer.alloc(6_000_000));
  let written = 0;
  {
    await using backend = await EmbeddedBackend.open(file);
    const fill = async (): Promise<unknown> => {
      for (;;) {
        try {
          await backend.commit([], pair(written));
        } catch (error) {
          return error;
        }
        written += 1;
      }
    };
    const failure = await fill();
    expect(isStoreError(failure, "NoSpace"), String(failure)).toBe(true);
    expect(written).toBeGreaterThan(5);
    const full = await backend.range("/pair/");
    expect(full.count).toBe(written * 2);
    await expect(backend.commit([], pair(written))).rejects.toMatchObject({ code: "NoSpace" });
    expect((await backend.range("/pair/")).revision).toBe(full.revision);
    unlinkSync(ballast);
    expect(await backend.commit([], pair(written))).toBe(full.revision + 1);
    written += 1;
  }
  await using again = await EmbeddedBackend.open(file);
  expect((await again.range("/pair/")).count).toBe(written * 2);
});

import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { AuditLog } from "./audit-log.ts";

let folder: string;
let said: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "freehold-audit-"));
  said = [];
});
afterEach(() => rm(folder, { recursive: true }));

const logAt = (path: string, more: object = {}) =>
  new AuditLog({ path, ...more }, (text) => void said.push(text));

describe("AuditLog", () => {
  it("writes a line for each event, in order, for its owner only, and goes on after a start", async () => {
    const path = join(folder, "audit", "audit.log");
    for (const start of [0, 1]) {
      const log = logAt(path);
      for (let i = 0; i < 100; i += 1) log.append({ start, i });
      await log.close();
    }
    const lines = (await readFile(path, "utf8")).trim().split("\n");
    expect(lines).toHaveLength(200);
    expect(lines.at(-1)).toBe('{"start":1,"i":99}');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it("puts files aside by size, keeps so many, and splits no line", async () => {
    const path = join(folder, "audit.log");
    const log = logAt(path, { maxBytes: 100, maxFiles: 2 });
    for (let i = 0; i < 50; i += 1) log.append({ i, text: "x".repeat(20) });
    await log.close();
    expect((await readdir(folder)).toSorted()).toEqual(["audit.log", "audit.log.1", "audit.log.2"]);
    const texts = await Promise.all(
      ["audit.log.2", "audit.log.1", "audit.log"].map((name) => readFile(join(folder, name), "utf8")),
    );
    for (const text of texts) expect(text.length).toBeLessThanOrEqual(100);
    const seen = texts
      .flatMap((text) => text.trim().split("\n"))
      .map((line) => (JSON.parse(line) as { i: number }).i);
    expect(seen).toEqual(seen.map((_, place) => 50 - seen.length + place));
  });

  it("drops what is too much, and says how much that was", async () => {
    const log = logAt(join(folder, "audit.log"));
    for (let i = 0; i < 10; i += 1) log.append({ text: "x".repeat(1024 * 1024) });
    await log.close();
    expect(said).toEqual(["Cannot keep 7 audit events: the disk did not follow"]);
  });

  it("goes on when it can write again", async () => {
    const path = join(folder, "below", "audit.log");
    await writeFile(join(folder, "below"), "in the way");
    const log = logAt(path);
    log.append({ lost: true });
    await log.close();
    expect(said[0]).toContain(`Cannot write "${path}"`);
    await rm(join(folder, "below"));
    log.append({ lost: false });
    await log.close();
    expect(await readFile(path, "utf8")).toBe('{"lost":false}\n');
  });
});

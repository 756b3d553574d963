import { existsSync } from "node:fs";
import { appendFile, mkdtemp, readdir, rm, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { readRange } from "./read-range.ts";
import { Uploads, type UploadsPorts } from "./uploads.ts";

const HASH = "ab".repeat(32);
const MIB = 1024 ** 2;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "uploads-"));
});
afterEach(() => rm(folder, { recursive: true }));

const create = (more: Partial<UploadsPorts> = {}): Uploads =>
  new Uploads({
    folder,
    verify: async (_path, { onProgress }) => {
      onProgress(3);
      return { rootHash: HASH };
    },
    awaited: async () => new Set(),
    clock: Date.now,
    log: (message) => expect.unreachable(message),
    ...more,
  });

async function* body(...pieces: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield Buffer.from(piece);
}

test("an upload comes in parts, is verified when whole, and is then there to read", async () => {
  const uploads = create();
  expect(await uploads.begin(HASH, 6)).toMatchObject({ state: "Receiving", received: 0, size: 6 });
  expect(await uploads.append(HASH, 0, () => body("ab", "c"))).toMatchObject({ received: 3 });
  expect(await uploads.begin(HASH, 6)).toMatchObject({ received: 3 });
  expect(await uploads.append(HASH, 3, () => body("def"))).toMatchObject({ state: "Verifying", received: 6 });
  await expect(uploads.content("00".repeat(32))).rejects.toMatchObject({ code: 404 });
  await uploads.idle();
  expect(await uploads.get(HASH)).toMatchObject({ state: "Verified" });
  const { size, open } = await uploads.content(HASH);
  await using file = await open();
  expect([size, await file.readFile("utf8")]).toEqual([6, "abcdef"]);
  expect(await uploads.begin(HASH, 6)).toMatchObject({ state: "Verified" });
});

test("another process goes on where the file ends, and verifies what is whole", async () => {
  await create().begin(HASH, 6);
  await appendFile(join(folder, `${HASH}.6.part`), "abc");
  const next = create();
  await expect(next.append(HASH, 0, () => body("abc"))).rejects.toThrow("at 0: 3 bytes are there");
  await appendFile(join(folder, `${HASH}.6.part`), "def");
  expect(await create().get(HASH)).toMatchObject({ state: "Verifying" });
});

test("a connection that breaks leaves what had come", async () => {
  const uploads = create();
  await uploads.begin(HASH, 6);
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield Buffer.from("ab");
    throw new Error("reset");
  }
  await expect(uploads.append(HASH, 0, broken)).rejects.toThrow("reset");
  expect(await uploads.get(HASH)).toMatchObject({ received: 2 });
});

test("append() takes the place of an older sender that hangs", async () => {
  const uploads = create();
  await uploads.begin(HASH, 4);
  async function* hanging(signal: AbortSignal): AsyncGenerator<Uint8Array> {
    yield Buffer.from("ab");
    began.resolve();
    await new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("cut"))));
  }
  const began = Promise.withResolvers<void>();
  const older = expect(uploads.append(HASH, 0, hanging)).rejects.toThrow("cut");
  await began.promise;
  expect(await uploads.append(HASH, 2, () => body("cd"))).toMatchObject({ received: 4 });
  await older;
  await uploads.idle();
});

test("what is not as named is refused with the reason, and another try is free", async () => {
  const uploads = create({ verify: async () => ({ refused: 'Cannot verify "a": corrupt' }) });
  await uploads.begin(HASH, 1);
  await uploads.append(HASH, 0, () => body("x"));
  await uploads.idle();
  expect(await uploads.get(HASH)).toMatchObject({ state: "Refused", message: 'Cannot verify "a": corrupt' });
  expect(await readdir(folder)).toEqual([]);
  expect(await uploads.begin(HASH, 1)).toMatchObject({ state: "Receiving" });
  const other = create({ verify: async () => ({ rootHash: "cd".repeat(32) }) });
  await other.append(HASH, 0, () => body("x"));
  await other.idle();
  expect(await other.get(HASH)).toMatchObject({ message: expect.stringContaining("its root hash is cdcd") });
});

test("begin() refuses what is too big, has no room, has another size, or is one too many", async () => {
  const uploads = create({ limitBytes: 1000 * MIB, freeBytes: async () => 1000 * MIB });
  await expect(uploads.begin(HASH, 1001 * MIB)).rejects.toMatchObject({ code: 413 });
  await expect(uploads.begin(HASH, 800 * MIB)).rejects.toMatchObject({ code: 507 });
  await uploads.begin(HASH, 500 * MIB);
  await expect(uploads.begin(HASH, 400 * MIB)).rejects.toMatchObject({ code: 409 });
  // The first one's bytes are spoken for, although none has come.
  await expect(uploads.begin("cd".repeat(32), 300 * MIB)).rejects.toMatchObject({ code: 507 });
  for (let i = 1; i < 32; i += 1) await uploads.begin(String(i).padStart(64, "0"), 1);
  await expect(uploads.begin("cd".repeat(32), 1)).rejects.toMatchObject({ code: 429 });
});

test("append() refuses more than was announced, and what was never begun", async () => {
  const uploads = create();
  await expect(uploads.append(HASH, 0, () => body("a"))).rejects.toMatchObject({ code: 404 });
  await uploads.begin(HASH, 3);
  await expect(uploads.append(HASH, 0, () => body("ab", "cd"))).rejects.toMatchObject({ code: 400 });
  expect(await uploads.get(HASH)).toMatchObject({ received: 2 });
});

test("sweep() removes what nobody touched for a day and no machine waits for", async () => {
  const [old, awaited, fresh] = ["11", "22", "33"].map((pair) => pair.repeat(32));
  const uploads = create({ awaited: async () => new Set([awaited ?? "", old ?? ""]) });
  const at = new Date(Date.now() - 25 * 3600 * 1000);
  for (const name of [`${old}.9.part`, `${awaited}.s9pk`, `${fresh}.9.part`]) {
    await appendFile(join(folder, name), "x");
    if (!name.startsWith("33")) await utimes(join(folder, name), at, at);
  }
  await uploads.sweep();
  expect((await readdir(folder)).map((name) => name.slice(0, 2)).toSorted()).toEqual(["22", "33"]);
});

test("remove() takes it back, once", async () => {
  const uploads = create();
  await uploads.begin(HASH, 3);
  await uploads.remove(HASH);
  expect(existsSync(join(folder, `${HASH}.3.part`))).toBe(false);
  await expect(uploads.remove(HASH)).rejects.toMatchObject({ code: 404 });
});

test.each([
  [undefined, undefined],
  ["bytes=2-", { start: 2, end: 10 }],
  ["bytes=2-3", { start: 2, end: 4 }],
  ["bytes=-3", { start: 7, end: 10 }],
  ["bytes=0-99", { start: 0, end: 10 }],
  ["bytes=0-1,3-4", undefined],
  ["lines=1-2", undefined],
])("readRange() of %s", (header, range) => {
  expect(readRange(header, 10)).toEqual(range);
});

test("readRange() refuses what begins behind the end", () => {
  expect(() => readRange("bytes=10-", 10)).toThrow('Cannot read "bytes=10-": there are 10 bytes');
});

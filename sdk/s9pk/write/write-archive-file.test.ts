import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "vitest";

import { bufferSource } from "../archive-source.ts";
import { proofKey } from "../testing/golden.ts";
import { verifyArchiveFile } from "../verify-archive.ts";
import { writeArchiveFile } from "./write-archive-file.ts";
import { writeArchive } from "./write-archive.ts";

test("writeArchiveFile() makes a file that verifies, and leaves nothing behind when it fails", async () => {
  const directory = await mkdtemp(join(tmpdir(), "s9pk-"));
  try {
    const path = join(directory, "a.s9pk");
    const contents = new Map([["x/y", bufferSource(new Uint8Array(3_000_000))]]);
    await writeArchiveFile(path, (sink) => writeArchive(contents, proofKey, sink));
    const { signer } = await verifyArchiveFile(path);
    expect(signer).toEqual(proofKey.publicKey);
    const failing = writeArchiveFile(join(directory, "b.s9pk"), () => Promise.reject(new Error("no")));
    await expect(failing).rejects.toThrow("no");
    expect(await readdir(directory)).toEqual(["a.s9pk"]);
  } finally {
    await rm(directory, { recursive: true });
  }
});

test("writeArchive() refuses names readers disagree on", async () => {
  const write = writeArchive(new Map([["é", bufferSource(new Uint8Array())]]), proofKey, async () => {});
  await expect(write).rejects.toThrow('Cannot write "é": its name is not ASCII');
});

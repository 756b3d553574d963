import { expect, test } from "vitest";

import { bufferSource } from "./archive-source.ts";
import { openArchive } from "./open-archive.ts";
import { collect } from "./testing/collect.ts";
import { filtered, proof, proofKey } from "./testing/golden.ts";
import { verifyArchive } from "./verify-archive.ts";
import { filterArchive } from "./write/filter-archive.ts";
import { writeArchive } from "./write/write-archive.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

test("openArchive() reads header, tables and contents of the golden archive", async () => {
  const archive = await openArchive(bufferSource(proof));
  await verifyArchive(archive);
  expect({
    root: hex(archive.header.rootHash),
    size: archive.header.rootMaxSize,
    list: archive.list(),
  }).toEqual({
    root: "d58a4ad0fdcda087dde3449541a44fd36ea4b9d3d07b805cab0a278eb123e607",
    size: 515,
    list: expect.arrayContaining(["manifest.json", "images", "javascript.squashfs"]),
  });
});

test("writeArchive() gives the golden bytes when contents and key are the same", async () => {
  const archive = await openArchive(bufferSource(proof));
  const contents = new Map<string, ReturnType<typeof bufferSource>>();
  for (const { path } of archive.files()) contents.set(path, bufferSource(await archive.cat(path)));
  expect(hex(await collect((sink) => writeArchive(contents, proofKey, sink)))).toBe(hex(proof));
});

test("filterArchive() gives the golden filtered bytes, which still open", async () => {
  const archive = await openArchive(bufferSource(proof));
  const keep = (path: string) => !path.startsWith("images/") && path !== "assets.squashfs";
  expect(hex(await collect((sink) => filterArchive(archive, keep, sink)))).toBe(hex(filtered));
  const reopened = await openArchive(bufferSource(filtered), archive.header);
  await verifyArchive(reopened);
  expect(() => reopened.locate("images")).toThrow("it was left out of this file");
});

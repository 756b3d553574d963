import { expect, test } from "vitest";

import { bufferSource } from "../archive-source.ts";
import { openArchive } from "../open-archive.ts";
import { sampleArchive, sampleManifest } from "../testing/sample.ts";
import { localize } from "./localize.ts";
import { parseManifest, readManifest } from "./parse-manifest.ts";
import { isNeededFile, selectImages } from "./select-images.ts";

test("parseManifest() fills in defaults and ignores unknown fields", () => {
  const manifest = parseManifest(JSON.stringify({ ...sampleManifest, alerts: { install: "x" } }));
  expect(manifest).toMatchObject({
    hardwareAcceleration: false,
    dependencies: {},
    plugins: [],
    gitHash: null,
  });
  expect(manifest).not.toHaveProperty("alerts");
});

test("parseManifest() names every field that is wrong, what it found and what it wants", () => {
  const bad = {
    ...sampleManifest,
    id: "Bad Id",
    version: "1.0",
    volumes: "main",
    hardwareRequirements: { ram: -1 },
  };
  expect(() => parseManifest(JSON.stringify(bad))).toThrow(
    'Cannot use "manifest.json": id is "Bad Id", wanted lower-case words joined by hyphens; ' +
      'version is "1.0", wanted an exver such as 1.2.3:0; volumes is "main", wanted a list; ' +
      "hardwareRequirements.ram is -1, wanted a whole number",
  );
});

test("parseManifest() refuses reserved names and text that is not JSON", () => {
  expect(() => parseManifest(JSON.stringify({ ...sampleManifest, volumes: ["BACKUP"] }))).toThrow("reserved");
  expect(() => parseManifest("{")).toThrow("it is not JSON");
});

test("localize() prefers the locale, then its language, then the first", () => {
  const text = { en_US: "a", de_DE: "b" };
  expect([
    localize(text, "de_DE"),
    localize(text, "de_AT"),
    localize(text, "fr_FR"),
    localize("x", "de_DE"),
  ]).toEqual(["b", "b", "a", "x"]);
});

test("selectImages() falls back to emulateMissingAs and says what there is otherwise", async () => {
  const archive = await openArchive(bufferSource(await sampleArchive()));
  const manifest = await readManifest(archive);
  const images = selectImages(archive, manifest, "aarch64");
  expect(images.map(({ id, arch }) => `${id} ${arch}`)).toEqual(["main x86_64"]);
  expect(isNeededFile("images/x86_64/main.env", images)).toBe(true);
  expect(isNeededFile("images/riscv64/main.env", images)).toBe(false);
  const strict = {
    ...manifest,
    images: { main: { arch: [], emulateMissingAs: null, nvidiaContainer: false } },
  };
  expect(() => selectImages(archive, strict, "aarch64")).toThrow("there are builds for x86_64");
});

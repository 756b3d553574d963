import { createRequire } from "node:module";
import { dirname, join } from "node:path";

import { expect, test } from "vitest";

import { sampleArchive } from "./testing/sample.ts";

interface ForeignS9pk {
  readonly manifest: { readonly id: string };
  license(): Promise<string>;
  icon(): Promise<string>;
}

// The reader of @start9labs/start-sdk is not exported by the package's door, so it is found by its file.
const sdk = dirname(createRequire(import.meta.url).resolve("@start9labs/start-sdk/package.json"));
const core = createRequire(join(sdk, "package.json"));
const foreign: { S9pk: { deserialize(file: Blob, commitment: null): Promise<ForeignS9pk> } } = core(
  "@start9labs/start-core/s9pk/index.js",
);

test("the reader of @start9labs/start-sdk accepts what writeArchive() wrote", async () => {
  const bytes = await sampleArchive();
  const s9pk = await foreign.S9pk.deserialize(new Blob([Buffer.from(bytes)]), null);
  expect([s9pk.manifest.id, await s9pk.license(), await s9pk.icon()]).toEqual([
    "sample",
    "MIT",
    "data:image/svg+xml;base64,PHN2Zy8+",
  ]);
});

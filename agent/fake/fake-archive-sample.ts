import type { FakeArchiveFile } from "./fake-archive-host.ts";

const manifest = { id: "hello-world", version: "1.0.0:0" };

/** A small archive that can be put into `FakeArchiveHost.files`. */
export const fakeArchive: FakeArchiveFile = {
  rootHash: "ab".repeat(32),
  signer: "cd".repeat(32),
  sizeBytes: 8192,
  manifest,
  files: {
    "manifest.json": { path: "manifest.json", offset: 512, size: 64 },
    "javascript.squashfs": { path: "javascript.squashfs", offset: 1024, size: 4096 },
  },
  entries: {
    "manifest.json": Uint8Array.from(JSON.stringify(manifest), (character) => character.charCodeAt(0)),
  },
};

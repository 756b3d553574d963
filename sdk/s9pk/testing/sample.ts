import { bufferSource } from "../archive-source.ts";
import { encodeHeader, headerSize } from "../format/header.ts";
import { type Entry, encodeTable, sighashOf } from "../format/table.ts";
import { signCommitment } from "../keys/signature.ts";
import { writeArchive } from "../write/write-archive.ts";
import { collect } from "./collect.ts";
import { proofKey } from "./golden.ts";

/** A manifest with every required field and nothing else. */
export const sampleManifest = {
  id: "sample",
  version: "1.0.0:0",
  canMigrateTo: "!",
  canMigrateFrom: "*",
  title: "Sample",
  description: { short: "a", long: { en_US: "b", de_DE: "c" } },
  releaseNotes: "first",
  license: "MIT",
  upstreamRepo: "https://example.com",
  images: { main: { source: "packed", arch: ["x86_64"], emulateMissingAs: "x86_64" } },
  volumes: ["main"],
};

/** A complete small package. */
export function sampleArchive(manifest: unknown = sampleManifest): Promise<Uint8Array> {
  const text = (value: string) => bufferSource(new TextEncoder().encode(value));
  const contents = new Map([
    ["manifest.json", text(JSON.stringify(manifest))],
    ["icon.svg", text("<svg/>")],
    ["LICENSE.md", text("MIT")],
    ["instructions.md", text("Nothing to do.")],
    ["javascript.squashfs", text("j".repeat(2000))],
    ["assets.squashfs", text("a".repeat(100))],
    ["images/x86_64/main.squashfs", text("i".repeat(5000))],
    ["images/x86_64/main.env", text("A=1")],
    ["images/x86_64/main.json", text("{}")],
  ]);
  return collect((sink) => writeArchive(contents, proofKey, sink));
}

/** A correctly signed archive whose root table says whatever the attacker wants. */
export function forgedArchive(
  entries: readonly Entry[],
  forge: { readonly table?: Uint8Array; readonly tail?: Uint8Array; readonly maxSize?: number } = {},
): Uint8Array {
  const table = forge.table ?? encodeTable(entries);
  const rootHash = sighashOf(entries);
  const rootMaxSize = forge.maxSize ?? table.length;
  const signature = signCommitment(rootHash, rootMaxSize, proofKey);
  const signed = { signer: proofKey.publicKey, signature, rootHash, rootMaxSize };
  const header = encodeHeader({ ...signed, tablePosition: headerSize, tableSize: table.length });
  return Uint8Array.from(Buffer.concat([header, table, forge.tail ?? new Uint8Array()]));
}

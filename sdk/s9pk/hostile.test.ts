import { blake3 } from "@noble/hashes/blake3.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { ArchiveError } from "./archive-error.ts";
import { type ArchiveSource, bufferSource } from "./archive-source.ts";
import { ByteWriter } from "./format/byte-writer.ts";
import { headerSize } from "./format/header.ts";
import { encodeTable, type Entry, parseTable, sighashOf } from "./format/table.ts";
import { readManifest } from "./manifest/parse-manifest.ts";
import { openArchive } from "./open-archive.ts";
import { forgedArchive, sampleArchive } from "./testing/sample.ts";
import { verifyArchive } from "./verify-archive.ts";

const hash = new Uint8Array(32);
const gap = (name: string): Entry => ({ kind: "missing", name, hash, size: 1 });

/** The codes of what opening and verifying rejects with. */
async function refusalOf(bytes: Uint8Array): Promise<string> {
  try {
    const archive = await openArchive(bufferSource(bytes));
    await verifyArchive(archive);
    return "accepted";
  } catch (error) {
    return error instanceof ArchiveError
      ? `${error.code} "${error.path}"`
      : `not an ArchiveError: ${String(error)}`;
  }
}

describe("openArchive() refuses", () => {
  test.each<[string, Uint8Array, string]>([
    ["a name that climbs", forgedArchive([gap("..")]), 'malformed ""'],
    ["an absolute name", forgedArchive([gap("/etc")]), 'malformed ""'],
    ["a name with a slash", forgedArchive([gap("a/b")]), 'malformed ""'],
    ["a name with a control character", forgedArchive([gap("a\nb")]), 'malformed ""'],
    ["an empty name", forgedArchive([gap("")]), 'malformed ""'],
    ["a name of 300 bytes", forgedArchive([gap("n".repeat(300))]), 'over-limit ""'],
    ["one name twice", forgedArchive([gap("a"), gap("a")]), 'malformed ""'],
    ["a huge count", forgedArchive([], { table: new ByteWriter(8).varint(2 ** 49).bytes }), 'over-limit ""'],
    ["an endless varint", forgedArchive([], { table: new Uint8Array(12).fill(0xff) }), 'over-limit ""'],
    ["bytes after the table", forgedArchive([], { table: Uint8Array.of(0, 0) }), 'malformed ""'],
    ["a table larger than signed", forgedArchive([gap("a")], { maxSize: 3 }), 'over-limit ""'],
    ["a signed bound above 1 MiB", forgedArchive([], { maxSize: 1_048_577 }), 'over-limit ""'],
    ["nothing", new Uint8Array(), 'not-an-archive ""'],
    ["an old package", Uint8Array.of(0x3b, 0x3b, 1, 0), 'unsupported-version ""'],
    ["a cut header", forgedArchive([]).subarray(0, 100), 'malformed ""'],
  ])("%s", async (_, bytes, refusal) => {
    expect(await refusalOf(bytes)).toBe(refusal);
  });

  test("a directory that is its own parent", async () => {
    const entry: Entry = {
      kind: "directory",
      name: "d",
      hash,
      size: 60,
      position: headerSize,
      tableSize: 60,
    };
    expect(await refusalOf(forgedArchive([entry]))).toBe('malformed "d"');
  });

  test("a file of a size that is not there, without reading it", async () => {
    const file: Entry = { kind: "file", name: "big", hash, size: 2 ** 50, position: headerSize };
    expect(await refusalOf(forgedArchive([file]))).toBe('truncated "big"');
  });

  test("files that claim the same bytes over and over", async () => {
    const tail = new Uint8Array(1000);
    const size = tail.length;
    const entries = Array.from({ length: 10 }, (_, index): Entry => {
      return { kind: "file", name: `f${index}`, hash: blake3(tail), size, position: headerSize };
    });
    expect(await refusalOf(forgedArchive(entries, { tail }))).toMatch(/^over-limit "f\d"$/u);
  });

  test("directories nested deeper than 16 levels", async () => {
    let inner = encodeTable([]);
    let body = new Uint8Array();
    let entries: Entry[] = [];
    for (let level = 0; level < 20; level++) {
      const innerHash = sighashOf(entries);
      entries = [
        { kind: "directory", name: "d", hash: innerHash, size: 60, position: 0, tableSize: inner.length },
      ];
      body = Uint8Array.from(Buffer.concat([inner, body]));
      // Positions are not signed, so they can be set from the outside in.
      inner = encodeTable(entries);
    }
    const bytes = forgedArchive(entries, { tail: body });
    const view = new DataView(bytes.buffer);
    for (let level = 0, at = headerSize; level < 20; level++) {
      const next = at + 60;
      view.setBigUint64(at + 1 + 1 + 1 + 32 + 8 + 1, BigInt(next));
      at = next;
    }
    expect(await refusalOf(bytes)).toMatch(/^over-limit "(d\/){16}d"$/u);
  });
});

test("openArchive() reads nothing but header and tables", async () => {
  const bytes = await sampleArchive();
  let read = 0;
  const counting: ArchiveSource = {
    size: bytes.length,
    read: async (position, length) => {
      read += length;
      return bytes.slice(position, position + length);
    },
  };
  const archive = await openArchive(counting);
  expect(read).toBeLessThan(headerSize + archive.header.rootMaxSize + 400);
});

test("verifyArchive() or openArchive() refuses each of 200 flipped bytes, naming the entry", async () => {
  const bytes = await sampleArchive();
  const archive = await openArchive(bufferSource(bytes));
  const files = [...archive.files()];
  await fc.assert(
    fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (position, mask) => {
      const flipped = bytes.slice();
      flipped[position] = (flipped[position] ?? 0) ^ mask;
      const hit = files.find((file) => position >= file.position && position < file.position + file.size);
      const refusal = await refusalOf(flipped);
      expect(refusal).not.toMatch(/^accepted|^not an/u);
      if (hit) expect(refusal).toBe(`corrupt "${hit.path}"`);
    }),
    { numRuns: 200 },
  );
});

test("parseTable() gives entries or an ArchiveError whatever the bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      try {
        parseTable(bytes, "");
      } catch (error) {
        expect(error).toBeInstanceOf(ArchiveError);
      }
    }),
    { numRuns: 2000 },
  );
});

test("parseTable() reads back what encodeTable() wrote", () => {
  const number = fc.maxSafeNat();
  const rest = { hash: fc.uint8Array({ minLength: 32, maxLength: 32 }), size: number, position: number };
  const name = fc.stringMatching(/^[a-z]{1,200}$/u);
  const entry: fc.Arbitrary<Entry> = fc.oneof(
    fc.record({ kind: fc.constant("missing" as const), name, hash: rest.hash, size: number }),
    fc.record({ kind: fc.constant("file" as const), name, ...rest }),
    fc.record({ kind: fc.constant("directory" as const), name, ...rest, tableSize: number }),
  );
  fc.assert(
    fc.property(fc.uniqueArray(entry, { selector: ({ name }) => name }), (entries) => {
      expect(parseTable(encodeTable(entries), "")).toEqual(entries);
    }),
  );
});

test("verifyArchive() stops when its signal is aborted", async () => {
  const archive = await openArchive(bufferSource(await sampleArchive()));
  await expect(verifyArchive(archive, { signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow(
    "enough",
  );
});

test("verifyArchive() reports progress up to the total", async () => {
  const archive = await openArchive(bufferSource(await sampleArchive()));
  const seen: number[] = [];
  let total = 0;
  await verifyArchive(archive, {
    onProgress: (progress) => {
      seen.push(progress.done);
      total = progress.total;
    },
  });
  expect(seen.at(-1)).toBe(total);
  expect((await readManifest(archive)).id).toBe("sample");
});

import { blake3 } from "@noble/hashes/blake3.js";

import { ArchiveError } from "../archive-error.ts";
import { ByteCursor } from "./byte-cursor.ts";
import { ByteWriter, varintSize } from "./byte-writer.ts";
import { maxNameBytes, parseEntryName } from "./entry-name.ts";

interface Committed {
  readonly name: string;
  /** BLAKE3 of a file's content, or a directory's sighash. */
  readonly hash: Uint8Array;
  /** A file's length, or the signed upper bound of a directory's table; bytes. */
  readonly size: number;
}
export interface MissingEntry extends Committed {
  readonly kind: "missing";
}
export interface FileEntry extends Committed {
  readonly kind: "file";
  readonly position: number;
}
export interface DirectoryEntry extends Committed {
  readonly kind: "directory";
  readonly position: number;
  readonly tableSize: number;
}
/** One line of a table of contents; the format's section 1.2. */
export type Entry = MissingEntry | FileEntry | DirectoryEntry;

const bytesAfterName = { missing: 41, file: 49, directory: 57 } as const;
const encoder = new TextEncoder();

/** Length in bytes of a table with these entries. */
export function tableSizeOf(entries: readonly Pick<Entry, "name" | "kind">[]): number {
  return entries.reduce((size, { name, kind }) => {
    const length = encoder.encode(name).length;
    return size + varintSize(length) + length + bytesAfterName[kind];
  }, varintSize(entries.length));
}

/** Parses a table completely. Codes `malformed` and `over-limit`; `path` is the directory's. */
export function parseTable(bytes: Uint8Array, path: string): readonly Entry[] {
  const cursor = new ByteCursor(bytes, path);
  const count = cursor.varint();
  // Checked before the loop, so that a huge count costs nothing.
  if (count > cursor.remaining / (bytesAfterName.missing + 1)) {
    throw new ArchiveError(
      "over-limit",
      path,
      `Cannot read directory "${path}": ${count} entries do not fit in it`,
    );
  }
  const names = new Set<string>();
  const entries: Entry[] = [];
  for (let index = 0; index < count; index++) {
    const entry = parseEntry(cursor, path);
    if (names.has(entry.name)) throw malformed(path, `"${entry.name}" is there twice`);
    names.add(entry.name);
    entries.push(entry);
  }
  if (cursor.remaining > 0) throw malformed(path, `${cursor.remaining} bytes follow the last entry`);
  return entries;
}

function parseEntry(cursor: ByteCursor, path: string): Entry {
  const nameLength = cursor.varint();
  if (nameLength > maxNameBytes) {
    throw new ArchiveError(
      "over-limit",
      path,
      `Cannot read directory "${path}": a name has ${nameLength} bytes`,
    );
  }
  const name = parseEntryName(cursor.take(nameLength), path);
  const committed = { name, hash: cursor.take(32).slice(), size: cursor.u64() };
  const type = cursor.byte();
  switch (type) {
    case 0:
      return { kind: "missing", ...committed };
    case 1:
      return { kind: "file", ...committed, position: cursor.u64() };
    case 2:
      return { kind: "directory", ...committed, position: cursor.u64(), tableSize: cursor.u64() };
    default:
      throw malformed(path, `"${name}" is of the unknown type ${type}`);
  }
}

export function encodeTable(entries: readonly Entry[]): Uint8Array {
  const writer = new ByteWriter(tableSizeOf(entries)).varint(entries.length);
  for (const entry of entries) {
    putCommitted(writer, entry);
    if (entry.kind === "missing") writer.byte(0);
    else if (entry.kind === "file") writer.byte(1).u64(entry.position);
    else writer.byte(2).u64(entry.position).u64(entry.tableSize);
  }
  return writer.bytes;
}

/** What is signed of a directory: its table with every entry taken as missing, in order of name bytes (section 1.4). */
export function sighashOf(entries: readonly Committed[]): Uint8Array {
  const sorted = [...entries].sort((a, b) => compareNames(a.name, b.name));
  const size = tableSizeOf(sorted.map(({ name }) => ({ name, kind: "missing" })));
  const writer = new ByteWriter(size).varint(sorted.length);
  for (const entry of sorted) putCommitted(writer, entry).byte(0);
  return blake3(writer.bytes);
}

/** Order of the names' UTF-8 bytes, which is the order of code points and not that of UTF-16 units. */
export function compareNames(a: string, b: string): number {
  return Buffer.compare(encoder.encode(a), encoder.encode(b));
}

function putCommitted(writer: ByteWriter, { name, hash, size }: Committed): ByteWriter {
  const bytes = encoder.encode(name);
  return writer.varint(bytes.length).put(bytes).put(hash).u64(size);
}

function malformed(path: string, found: string): ArchiveError {
  return new ArchiveError("malformed", path, `Cannot read directory "${path}": ${found}`);
}

import { ArchiveError } from "./archive-error.ts";
import type { ArchiveSource } from "./archive-source.ts";
import { Archive, type ArchiveDirectory, type ArchiveNode, equalBytes } from "./archive.ts";
import { type Header, headerSize, parseHeader } from "./format/header.ts";
import { compareNames, type DirectoryEntry, type Entry, parseTable, sighashOf } from "./format/table.ts";
import { isCommitmentSigned } from "./keys/signature.ts";

/** What a registry vouches for; the archive must be exactly that one. */
export interface Commitment {
  readonly rootHash: Uint8Array;
  readonly rootMaxSize: number;
}

/** Bounds on what an untrusted archive may make a reader do. Real packages use three levels and some twenty entries. */
export const archiveLimits = {
  /** Bytes of the root table when there is no commitment; upstream's figure. */
  rootTableBytes: 1_048_576,
  /** Bytes of all tables together. */
  tableBytes: 16 * 1024 * 1024,
  /** Levels below the root. */
  depth: 16,
} as const;

/**
 * Opens an archive: header, signature and all tables of contents are read and verified, in bounded memory.
 * Rejects with ArchiveError; what a table says about files' contents is not checked before they are read.
 */
export async function openArchive(source: ArchiveSource, commitment?: Commitment): Promise<Archive> {
  const header = parseHeader(await source.read(0, Math.min(headerSize, source.size)));
  requireTrusted(header, commitment);
  const reading: Reading = { source, tables: [[0, headerSize]], tableBytes: 0, fileBytes: 0 };
  const root = await readDirectory(reading, {
    path: "",
    depth: 0,
    entry: {
      kind: "directory",
      name: "",
      hash: header.rootHash,
      size: header.rootMaxSize,
      position: header.tablePosition,
      tableSize: header.tableSize,
    },
  });
  return new Archive(header, root, source);
}

function requireTrusted(header: Header, commitment: Commitment | undefined): void {
  if (!isCommitmentSigned(header, header.signature, header.signer)) {
    throw new ArchiveError(
      "bad-signature",
      "",
      "Cannot open the archive: its signature does not match its signer",
    );
  }
  if (commitment === undefined) {
    if (header.rootMaxSize <= archiveLimits.rootTableBytes) return;
    const found = `its root directory may have ${header.rootMaxSize} bytes, at most ${archiveLimits.rootTableBytes}`;
    throw new ArchiveError("over-limit", "", `Cannot open the archive: ${found}`);
  }
  if (!equalBytes(commitment.rootHash, header.rootHash) || header.rootMaxSize > commitment.rootMaxSize) {
    throw new ArchiveError(
      "bad-commitment",
      "",
      "Cannot open the archive: it is not the one that was promised",
    );
  }
}

/** What was read so far, for the bounds that span directories. */
interface Reading {
  readonly source: ArchiveSource;
  /** [start, end) of every table and of the header; two that overlap are a loop or a trick. */
  readonly tables: [number, number][];
  tableBytes: number;
  fileBytes: number;
}
interface DirectoryAt {
  readonly path: string;
  readonly depth: number;
  readonly entry: DirectoryEntry;
}

async function readDirectory(reading: Reading, at: DirectoryAt): Promise<ArchiveDirectory> {
  claimTable(reading, at);
  const { path, entry } = at;
  const entries = parseTable(await reading.source.read(entry.position, entry.tableSize), path);
  if (!equalBytes(sighashOf(entries), entry.hash)) {
    throw new ArchiveError(
      "corrupt",
      path,
      `Cannot read directory "${path}": its table does not match its hash`,
    );
  }
  const children = new Map<string, ArchiveNode>();
  for (const child of [...entries].sort((a, b) => compareNames(a.name, b.name))) {
    children.set(child.name, await readChild(reading, at, child));
  }
  return { kind: "directory", path, size: entry.size, hash: entry.hash, children };
}

async function readChild(reading: Reading, parent: DirectoryAt, entry: Entry): Promise<ArchiveNode> {
  const path = parent.path === "" ? entry.name : `${parent.path}/${entry.name}`;
  if (entry.kind === "directory") return readDirectory(reading, { path, depth: parent.depth + 1, entry });
  if (entry.kind === "missing") return { kind: "missing", path, size: entry.size, hash: entry.hash };
  requireInside(reading, path, entry.position, entry.size);
  // Files may share bytes, but verifying one must not take longer than reading the archive once.
  reading.fileBytes += entry.size;
  if (reading.fileBytes > reading.source.size) {
    throw new ArchiveError(
      "over-limit",
      path,
      `Cannot read "${path}": the files claim more bytes than there are`,
    );
  }
  return { kind: "file", path, position: entry.position, size: entry.size, hash: entry.hash };
}

function claimTable(reading: Reading, { path, depth, entry }: DirectoryAt): void {
  const refuse = (found: string) =>
    new ArchiveError("over-limit", path, `Cannot read directory "${path}": ${found}`);
  if (depth > archiveLimits.depth) throw refuse(`it is more than ${archiveLimits.depth} levels deep`);
  if (entry.tableSize > entry.size)
    throw refuse(`its table has ${entry.tableSize} bytes, ${entry.size} are signed`);
  reading.tableBytes += entry.tableSize;
  if (reading.tableBytes > archiveLimits.tableBytes)
    throw refuse(`all tables exceed ${archiveLimits.tableBytes} bytes`);
  requireInside(reading, path, entry.position, entry.tableSize);
  const end = entry.position + entry.tableSize;
  if (reading.tables.some(([from, to]) => entry.position < to && from < end)) {
    throw new ArchiveError("malformed", path, `Cannot read directory "${path}": its table overlaps another`);
  }
  reading.tables.push([entry.position, end]);
}

function requireInside({ source }: Reading, path: string, position: number, size: number): void {
  if (size <= source.size && position <= source.size - size) return;
  const found = `${size} bytes at ${position} are not in a file of ${source.size} bytes`;
  throw new ArchiveError("truncated", path, `Cannot read "${path}": ${found}`);
}

import { crc32 } from "node:zlib";

/** One version of one key, as it lies in the file. */
export interface Row {
  readonly revision: number;
  /** Place within its transaction. */
  readonly part: number;
  readonly key: string;
  readonly createRevision: number;
  readonly version: number;
  /** Null is a deletion. */
  readonly value: Uint8Array | null;
}

/** What goes to the writer, and what comes back. */
export type WriterRequest =
  | { readonly type: "commit"; readonly id: number; readonly rows: readonly Row[] }
  | { readonly type: "compact"; readonly id: number; readonly below: number }
  | { readonly type: "backup"; readonly id: number; readonly file: string }
  | { readonly type: "close"; readonly id: number };

export interface WriterReply {
  readonly id: number;
  readonly error?: { readonly code: string; readonly message: string };
}

/** A checksum over everything a row says, so that a damaged file is noticed and not served. */
export function checksumOf(row: Row): number {
  const head = `${row.revision}|${row.part}|${row.key}|${row.createRevision}|${row.version}|${row.value === null ? "-" : "+"}`;
  const seed = crc32(head);
  return row.value === null ? seed : crc32(row.value, seed);
}

export const SCHEMA = `
  CREATE TABLE IF NOT EXISTS kv (
    revision INTEGER NOT NULL,
    part INTEGER NOT NULL,
    key TEXT NOT NULL,
    create_revision INTEGER NOT NULL,
    version INTEGER NOT NULL,
    value BLOB,
    checksum INTEGER NOT NULL,
    PRIMARY KEY (revision, part)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;
`;

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

/**
 * What the file says of itself, changed with each transaction. A row that is missing, changed or too many does not fit the count
 * and the sum, even where SQLite finds the file in order.
 */
export interface FileState {
  readonly revision: number;
  readonly compacted: number;
  readonly rows: number;
  /** Sum of all rows' checksums, modulo 2^48. */
  readonly sum: number;
  /** A copy to be restored from: whoever opens it as a store moves on to revisions the original never reached. */
  readonly isBackup: boolean;
}

/** Written into the header of each file, so that another program's database is not taken for a store ("FHLD"). */
export const APPLICATION_ID = 0x46_48_4c_44;
export const FORMAT = 2;

export const SCHEMA = `
  CREATE TABLE kv (
    revision INTEGER NOT NULL,
    part INTEGER NOT NULL,
    key TEXT NOT NULL,
    create_revision INTEGER NOT NULL,
    version INTEGER NOT NULL,
    value BLOB,
    checksum INTEGER NOT NULL,
    PRIMARY KEY (revision, part)
  ) WITHOUT ROWID;
  CREATE TABLE state (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    revision INTEGER NOT NULL,
    compacted INTEGER NOT NULL,
    rows INTEGER NOT NULL,
    sum INTEGER NOT NULL,
    is_backup INTEGER NOT NULL,
    checksum INTEGER NOT NULL
  );
`;

const SUM_MODULUS = 2 ** 48;

/** A checksum over everything a row says, so that a damaged file is noticed and not served. */
export function checksumOf(row: Row): number {
  const head = `${row.revision}|${row.part}|${row.key}|${row.createRevision}|${row.version}|${row.value === null ? "-" : "+"}`;
  const seed = crc32(head);
  return row.value === null ? seed : crc32(row.value, seed);
}

export function checksumOfState({ revision, compacted, rows, sum, isBackup }: FileState): number {
  return crc32(`${revision}|${compacted}|${rows}|${sum}|${isBackup}`);
}

/** The state once rows with these checksums were added (`sign` 1) or taken away (-1). */
export function counted(state: FileState, checksums: readonly number[], sign: 1 | -1): FileState {
  const change = checksums.reduce((total, checksum) => total + checksum, 0) * sign;
  const sum = (((state.sum + change) % SUM_MODULUS) + SUM_MODULUS) % SUM_MODULUS;
  return { ...state, rows: state.rows + sign * checksums.length, sum };
}

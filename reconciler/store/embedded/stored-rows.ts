import type { DatabaseSync } from "node:sqlite";

import { StoreError } from "../errors.ts";
import { checksumOf, checksumOfState, counted, type FileState, type Row } from "./rows.ts";

const SELECT = `SELECT revision, part, key, create_revision, version, value, checksum FROM kv ORDER BY revision, part`;

/** Throws StoreError `Corrupt` when the state is missing or damaged. */
export function readState(database: DatabaseSync): FileState {
  const found = database.prepare("SELECT * FROM state").get();
  if (!found) throw new StoreError("Corrupt", "Cannot use the store: it does not say how far it is");
  const state: FileState = {
    revision: Number(found["revision"]),
    compacted: Number(found["compacted"]),
    rows: Number(found["rows"]),
    sum: Number(found["sum"]),
    isBackup: found["is_backup"] === 1,
  };
  if (checksumOfState(state) !== found["checksum"]) {
    throw new StoreError("Corrupt", "Cannot use the store: what it says of itself is damaged");
  }
  return state;
}

export function writeState(database: DatabaseSync, state: FileState): void {
  const { revision, compacted, rows, sum, isBackup } = state;
  database
    .prepare("INSERT OR REPLACE INTO state VALUES (1, ?, ?, ?, ?, ?, ?)")
    .run(revision, compacted, rows, sum, isBackup ? 1 : 0, checksumOfState(state));
}

/** All rows in order of revision and part. Throws StoreError `Corrupt` at a damaged row, and at the end when rows are missing. */
export function* readRows(database: DatabaseSync, state: FileState): Generator<Row> {
  let seen: FileState = { ...state, rows: 0, sum: 0 };
  let last = 0;
  for (const fields of database.prepare(SELECT).iterate()) {
    const value = fields["value"];
    const row: Row = {
      revision: Number(fields["revision"]),
      part: Number(fields["part"]),
      key: String(fields["key"]),
      createRevision: Number(fields["create_revision"]),
      version: Number(fields["version"]),
      value: value instanceof Uint8Array ? value : null,
    };
    const checksum = checksumOf(row);
    if (checksum !== Number(fields["checksum"])) {
      const place = `"${row.key}" at revision ${row.revision}`;
      throw new StoreError("Corrupt", `Cannot use the store: ${place} is damaged`);
    }
    seen = counted(seen, [checksum], 1);
    last = row.revision;
    yield row;
  }
  if (seen.rows !== state.rows || seen.sum !== state.sum || last > state.revision) {
    const found = `${seen.rows} rows up to revision ${last}`;
    throw new StoreError(
      "Corrupt",
      `Cannot use the store: it has ${found}, and should have ${state.rows} up to ${state.revision}`,
    );
  }
}

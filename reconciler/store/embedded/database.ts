import { DatabaseSync } from "node:sqlite";

import { StoreError } from "../errors.ts";
import { checksumOf, type Row, SCHEMA } from "./rows.ts";

export interface Loaded {
  /** In order of revision and part. */
  readonly rows: readonly Row[];
  readonly revision: number;
  readonly compacted: number;
}

/** Opens the file for this process alone. Throws StoreError `Unavailable` when another has it, `Corrupt` when it is no store. */
export function openDatabase(file: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file);
    database.exec("PRAGMA busy_timeout = 2000; PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL;");
    // A transaction makes the exclusive lock real now rather than at the first write.
    database.exec("PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000; PRAGMA cache_size = -4000;");
    database.exec(`BEGIN IMMEDIATE; ${SCHEMA} COMMIT;`);
    return database;
  } catch (error) {
    database?.close();
    throw translate(error, `open the store "${file}"`);
  }
}

/** Reads everything, and checks each row. Throws StoreError `Corrupt`. */
export function loadRows(database: DatabaseSync): Loaded {
  const meta = new Map(
    database
      .prepare("SELECT name, number FROM meta")
      .all()
      .map((row) => [String(row["name"]), Number(row["number"])]),
  );
  const rows = database
    .prepare(
      "SELECT revision, part, key, create_revision, version, value, checksum FROM kv ORDER BY revision, part",
    )
    .all()
    .map((fields) => {
      const value = fields["value"];
      const row: Row = {
        revision: Number(fields["revision"]),
        part: Number(fields["part"]),
        key: String(fields["key"]),
        createRevision: Number(fields["create_revision"]),
        version: Number(fields["version"]),
        value: value instanceof Uint8Array ? value : null,
      };
      if (checksumOf(row) !== Number(fields["checksum"])) {
        throw new StoreError(
          "Corrupt",
          `Cannot use the store: "${row.key}" at revision ${row.revision} is damaged`,
        );
      }
      return row;
    });
  const revision = Math.max(meta.get("revision") ?? 1, rows.at(-1)?.revision ?? 1);
  return { rows, revision, compacted: meta.get("compacted") ?? 0 };
}

/** SQLite's result codes (https://sqlite.org/rescode.html) as the store's own. */
export function translate(error: unknown, action: string): StoreError {
  const code = error instanceof Error ? Number(Reflect.get(error, "errcode")) & 0xff : 0;
  const message = `Cannot ${action}: ${error instanceof Error ? error.message : String(error)}`;
  switch (code) {
    case 5:
    case 6:
      return new StoreError("Unavailable", `${message} (another process uses it)`, { cause: error });
    case 13:
      return new StoreError("NoSpace", message, { cause: error });
    case 11:
    case 26:
      return new StoreError("Corrupt", message, { cause: error });
    default:
      return new StoreError("Unavailable", message, { cause: error });
  }
}

import { DatabaseSync, type StatementSync } from "node:sqlite";

import { StoreError } from "../errors.ts";
import { checkLog } from "./check-log.ts";
import { lockFile } from "./file-lock.ts";
import type { StoredVersion } from "./messages.ts";
import { APPLICATION_ID, checksumOf, counted, type FileState, FORMAT, type Row, SCHEMA } from "./rows.ts";
import { toStoreError } from "./sqlite-error.ts";
import { readRows, readState, writeState } from "./stored-rows.ts";

/** A restored store goes on this far above its backup: further than its original can have come since. */
const RESTORE_BUMP = 1_000_000_000;
const EMPTY: FileState = { revision: 1, compacted: 0, rows: 0, sum: 0, isBackup: false };

/** The file, open for writing by this process alone. Every call blocks, so it lives in the writer thread. */
export class StoreFile implements Disposable {
  readonly #database: DatabaseSync;
  readonly #lock: Disposable;
  readonly #insert: StatementSync;
  readonly #delete: StatementSync;
  #state: FileState;

  private constructor(database: DatabaseSync, lock: Disposable) {
    this.#database = database;
    this.#lock = lock;
    this.#state = this.#moveOn(readState(database));
    this.#insert = database.prepare("INSERT INTO kv VALUES (?, ?, ?, ?, ?, ?, ?)");
    this.#delete = database.prepare("DELETE FROM kv WHERE revision = ? AND key = ? RETURNING checksum");
  }

  /** Throws StoreError `Unavailable` when another process has it, `Corrupt` when it is damaged or no store, `NoSpace`. */
  static open(file: string): StoreFile {
    let lock: Disposable | undefined;
    let database: DatabaseSync | undefined;
    try {
      lock = lockFile(file);
      checkLog(file);
      database = new DatabaseSync(file);
      prepare(database, file);
      return new StoreFile(database, lock);
    } catch (error) {
      database?.close();
      lock?.[Symbol.dispose]();
      throw toStoreError(error, `open the store "${file}"`);
    }
  }

  get state(): FileState {
    return this.#state;
  }

  /** Everything in order of revision and part, each row checked, and at the end whether these were all. Throws `Corrupt`. */
  rows(): Generator<Row> {
    return readRows(this.#database, this.#state);
  }

  /** Durable once it returns. Throws SQLite's error, and then nothing was written; unless rolling back failed too. */
  commit(rows: readonly Row[]): void {
    const checksums = rows.map(checksumOf);
    const revision = rows.at(-1)?.revision ?? this.#state.revision;
    this.#transaction(() => {
      rows.forEach(({ revision, part, key, createRevision, version, value }, i) => {
        this.#insert.run(revision, part, key, createRevision, version, value, checksums[i] ?? 0);
      });
      return { ...counted(this.#state, checksums, 1), revision };
    });
  }

  /** Moves the line up and drops versions below it. What a crash leaves over is found by the next compaction. */
  forget(below: number, versions: readonly StoredVersion[]): void {
    this.#transaction(() => {
      const checksums = versions.flatMap(({ revision, key }) => {
        const dropped = this.#delete.get(revision, key);
        return dropped ? [Number(dropped["checksum"])] : [];
      });
      const compacted = Math.max(below, this.#state.compacted);
      return { ...counted(this.#state, checksums, -1), compacted };
    });
  }

  /** Moves everything from the log to the file, and makes the log empty if no reader is in the way. */
  checkpoint(): void {
    this.#database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  }

  [Symbol.dispose](): void {
    this.#database.close();
    this.#lock[Symbol.dispose]();
  }

  /** Watches that began at the original may have seen revisions the backup has not; above the bump none of them is taken for known. */
  #moveOn(state: FileState): FileState {
    if (!state.isBackup) return state;
    const revision = state.revision + RESTORE_BUMP;
    const moved = { ...state, revision, compacted: revision, isBackup: false };
    this.#database.exec("BEGIN IMMEDIATE");
    writeState(this.#database, moved);
    this.#database.exec("COMMIT");
    return moved;
  }

  #transaction(work: () => FileState): void {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      const state = work();
      writeState(this.#database, state);
      this.#database.exec("COMMIT");
      this.#state = state;
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      throw error;
    }
  }
}

function prepare(database: DatabaseSync, file: string): void {
  database.exec(
    "PRAGMA busy_timeout = 2000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000; PRAGMA cache_size = -4000;",
  );
  const tables = Number(database.prepare("SELECT COUNT(*) AS tables FROM sqlite_schema").get()?.["tables"]);
  if (tables === 0) {
    database.exec(`BEGIN IMMEDIATE; ${SCHEMA}`);
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${FORMAT};`);
    writeState(database, EMPTY);
    database.exec("COMMIT");
  }
  checkFile(database, file);
  // What a crash tore must not stay in the log: after a second one it would look like damage.
  database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
}

/** Throws `Corrupt` when it is another program's file, another format, or SQLite finds its structure damaged. */
export function checkFile(database: DatabaseSync, file: string): void {
  const application = database.prepare("PRAGMA application_id").get()?.["application_id"];
  const format = database.prepare("PRAGMA user_version").get()?.["user_version"];
  if (application !== APPLICATION_ID || format !== FORMAT) {
    throw new StoreError("Corrupt", `Cannot open "${file}": it is no store of format ${FORMAT}`);
  }
  // Rows are checked one by one as they are read; this looks at what is between them, and where later writes would go.
  const found = database.prepare("PRAGMA quick_check(1)").get()?.["quick_check"];
  if (found !== "ok") throw new StoreError("Corrupt", `Cannot open "${file}": ${String(found)}`);
}

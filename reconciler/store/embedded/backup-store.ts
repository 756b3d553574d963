import { existsSync, renameSync, rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

import { StoreError } from "../errors.ts";
import { toStoreError } from "./sqlite-error.ts";
import { checkFile } from "./store-file.ts";
import { readRows, readState, writeState } from "./stored-rows.ts";

export interface CheckedStore {
  readonly revision: number;
  readonly compacted: number;
  /** Versions of keys, deletions too. */
  readonly rows: number;
}

/**
 * Copies a store to a new file as it is at one revision, also while a server writes to it (WAL lets readers in), and checks the
 * copy. Opened as a store the copy moves its revision on, so that watches of the original are told to begin anew. Throws
 * StoreError; then there is no new file.
 */
export function backupStore(file: string, target: string): CheckedStore {
  if (existsSync(target)) throw new StoreError("Exists", `Cannot back up to "${target}": it exists`);
  const draft = `${target}.part`;
  rmSync(draft, { force: true });
  try {
    {
      using database = openReadOnly(file);
      database.prepare("VACUUM INTO ?").run(draft);
    }
    const checked = markAndCheck(draft);
    renameSync(draft, target);
    return checked;
  } catch (error) {
    rmSync(draft, { force: true });
    throw toStoreError(error, `back up "${file}" to "${target}"`);
  }
}

/** Reads and checks everything in a store, also while a server uses it. `visit` sees each live or historic value. Throws StoreError. */
export function checkStore(file: string, visit: (key: string, value: Uint8Array) => void): CheckedStore {
  try {
    using database = openReadOnly(file);
    // One transaction, so that state and rows are of the same moment.
    database.exec("BEGIN");
    checkFile(database, file);
    const state = readState(database);
    for (const { key, value } of readRows(database, state)) if (value) visit(key, value);
    return state;
  } catch (error) {
    throw toStoreError(error, `check the store "${file}"`);
  }
}

function openReadOnly(file: string): DatabaseSync {
  if (!existsSync(file))
    throw new StoreError("NotFound", `Cannot open the store "${file}": it does not exist`);
  const database = new DatabaseSync(file, { readOnly: true });
  database.exec("PRAGMA busy_timeout = 2000");
  return database;
}

function markAndCheck(draft: string): CheckedStore {
  using database = new DatabaseSync(draft);
  checkFile(database, draft);
  const state = readState(database);
  for (const _ of readRows(database, state));
  // Both are forced to the disk before the copy gets its name.
  database.exec("PRAGMA synchronous = EXTRA; BEGIN IMMEDIATE");
  writeState(database, { ...state, isBackup: true });
  database.exec("COMMIT");
  return state;
}

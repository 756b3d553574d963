import { StoreError, type StoreErrorCode } from "../errors.ts";

/** SQLite's result codes (https://sqlite.org/rescode.html) as the store's own. */
const CODES: ReadonlyMap<number, StoreErrorCode> = new Map([
  [5, "Unavailable"], // SQLITE_BUSY
  [6, "Unavailable"], // SQLITE_LOCKED
  [11, "Corrupt"], // SQLITE_CORRUPT
  [13, "NoSpace"], // SQLITE_FULL
  [26, "Corrupt"], // SQLITE_NOTADB
]);

/** The primary result code, or undefined when it is not SQLite that failed. */
export function sqliteCodeOf(error: unknown): number | undefined {
  const code: unknown = error instanceof Error ? Reflect.get(error, "errcode") : undefined;
  return typeof code === "number" ? code & 0xff : undefined;
}

/** Whether another process held the file, so that nothing was done. */
export function isBusy(error: unknown): boolean {
  const code = sqliteCodeOf(error);
  return code === 5 || code === 6;
}

/** An error of SQLite as `Cannot <action>: <why>`; a StoreError stays as it is. */
export function toStoreError(error: unknown, action: string): StoreError {
  if (error instanceof StoreError) return error;
  const why = error instanceof Error ? error.message : String(error);
  const code = CODES.get(sqliteCodeOf(error) ?? 0) ?? "Unavailable";
  return new StoreError(code, `Cannot ${action}: ${isBusy(error) ? "another process uses it" : why}`, {
    cause: error,
  });
}

import { DatabaseSync } from "node:sqlite";

/** How long a process that is just ending may take to let go, in milliseconds. */
const PATIENCE_MS = 2_000;

/**
 * Makes this process the only one that writes a store, until it closes the lock or dies. SQLite's own exclusive mode would also
 * keep readers out, and with them a backup of a running server; so the lock is taken on an empty database beside the file. The
 * kernel holds it (fcntl(2)) and nothing is ever written there. Throws SQLite's busy error.
 */
export function lockFile(file: string): Disposable {
  const lock = new DatabaseSync(`${file}-lock`);
  try {
    lock.exec(`PRAGMA busy_timeout = ${PATIENCE_MS}; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE;`);
  } catch (error) {
    lock.close();
    throw error;
  }
  return { [Symbol.dispose]: () => lock.close() };
}

import type { DatabaseSync } from "node:sqlite";
import { parentPort, workerData } from "node:worker_threads";

import { loadRows, openDatabase, translate } from "./database.ts";
import { checksumOf, type Row, type WriterReply, type WriterRequest } from "./rows.ts";

/** The one thread that writes. It commits what it is given, and answers only once the disk has it. */
function main(port: NonNullable<typeof parentPort>, file: string): void {
  let database: DatabaseSync;
  try {
    database = openDatabase(file);
    port.postMessage({ loaded: loadRows(database) });
  } catch (error) {
    const { code, message } =
      error instanceof Error && "code" in error ? error : translate(error, "open the store");
    port.postMessage({ failed: { code, message } });
    return;
  }
  const insert = database.prepare("INSERT INTO kv VALUES (?, ?, ?, ?, ?, ?, ?)");
  port.on("message", (request: WriterRequest) => {
    port.postMessage(answer(request, database, insert));
    if (request.type === "close") port.close();
  });
}

function answer(
  request: WriterRequest,
  database: DatabaseSync,
  insert: ReturnType<DatabaseSync["prepare"]>,
): WriterReply {
  try {
    switch (request.type) {
      case "commit":
        commit(request.rows, database, insert);
        break;
      case "compact":
        compact(request.below, database);
        break;
      case "backup":
        database.prepare("VACUUM INTO ?").run(request.file);
        break;
      case "close":
        database.close();
    }
    return { id: request.id };
  } catch (error) {
    const { code, message } = translate(error, request.type);
    return { id: request.id, error: { code, message } };
  }
}

function commit(
  rows: readonly Row[],
  database: DatabaseSync,
  insert: ReturnType<DatabaseSync["prepare"]>,
): void {
  transaction(database, () => {
    for (const row of rows) {
      insert.run(
        row.revision,
        row.part,
        row.key,
        row.createRevision,
        row.version,
        row.value,
        checksumOf(row),
      );
    }
  });
}

/** Keeps of each key the newest version at or below the line, unless that is an older deletion, and everything above. */
function compact(below: number, database: DatabaseSync): void {
  transaction(database, () => {
    const newest = Number(database.prepare("SELECT MAX(revision) AS top FROM kv").get()?.["top"] ?? 1);
    database
      .prepare(
        `DELETE FROM kv WHERE revision <= :below AND EXISTS (
           SELECT 1 FROM kv AS later WHERE later.key = kv.key AND later.revision <= :below
             AND (later.revision, later.part) > (kv.revision, kv.part))`,
      )
      .run({ below });
    database.prepare("DELETE FROM kv WHERE revision < ? AND value IS NULL").run(below);
    const remember = database.prepare(
      "INSERT OR REPLACE INTO meta VALUES (?, MAX(?, COALESCE((SELECT number FROM meta WHERE name = ?), 0)))",
    );
    remember.run("compacted", below, "compacted");
    remember.run("revision", newest, "revision");
  });
  database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
}

function transaction(database: DatabaseSync, work: () => void): void {
  database.exec("BEGIN IMMEDIATE");
  try {
    work();
    database.exec("COMMIT");
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}

if (parentPort) main(parentPort, String(workerData));

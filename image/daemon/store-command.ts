import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { inflateRawSync } from "node:zlib";

import {
  backupStore,
  checkStore,
  isStoreError,
  loadEncryptionKey,
  migrateStore,
  openValue,
} from "@freehold/store";

import { Places } from "./places.ts";
import { isSecret } from "./secret-keys.ts";
import { isThere, openStore, readStoreSpec } from "./store-spec.ts";

export const STORE_USAGE = `usage: freehold store check --data DIR
       freehold store backup --data DIR FILE
       freehold store migrate --from SPEC --to SPEC
  check     reads and decodes everything; exit status 1 when something is damaged. The server may be running
  backup    a consistent copy in a new file; the server may be running. To restore, stop the server and put the file in the
            place of DIR/server/store.db (and remove store.db-wal and store.db-shm); revisions then move on by themselves
  migrate   copies everything into an empty store; SPEC is embedded:FILE or etcd:http://HOST:PORT. Stop the server first.
            Secrets stay encrypted: keep DIR/server/encryption.key`;

/** Runs `freehold store …`. Throws Error with a sentence for people. */
export async function runStoreCommand(argv: readonly string[]): Promise<void> {
  const [action, ...rest] = argv;
  const { values, positionals } = parseArgs({
    args: rest,
    allowPositionals: true,
    options: { data: { type: "string" }, from: { type: "string" }, to: { type: "string" } },
  });
  if (action === "check") return check(placesOf(values.data));
  if (action === "backup") return backup(placesOf(values.data), positionals);
  if (action === "migrate") return migrate(values.from, values.to);
  throw new Error(`Cannot run "store ${action ?? ""}": wanted check, backup or migrate\n${STORE_USAGE}`);
}

function placesOf(data: string | undefined): Places {
  if (data === undefined) throw new Error("Cannot find the store: --data is missing");
  return new Places(resolve(data));
}

function check(places: Places): void {
  // Without a key file nothing can have been encrypted; looking for it must not make one.
  const secret = existsSync(places.encryptionKey) ? loadEncryptionKey(places.encryptionKey) : undefined;
  const bad: string[] = [];
  let secrets = 0;
  const { revision, rows } = checkStore(places.store, (key, value) => {
    if (isSecret(key)) secrets += 1;
    if (!isDecodable(key, value, secret)) bad.push(key);
  });
  const counts = `revision ${revision}, ${rows} versions, ${secrets} of secrets`;
  if (bad.length > 0) throw new Error(`Cannot decode ${bad.length} values, first of "${bad[0]}" (${counts})`);
  process.stdout.write(`sound: ${counts}\n`);
}

/** Whether a value is JSON, once decrypted. */
function isDecodable(key: string, value: Uint8Array, secret: Uint8Array | undefined): boolean {
  try {
    const plain = secret && isSecret(key) ? openValue(secret, key, value) : value;
    // What is kept of the past is compressed.
    const text = key.startsWith("/history/") ? inflateRawSync(plain) : Buffer.from(plain);
    JSON.parse(text.toString());
    return true;
  } catch (error) {
    const isDamaged = error instanceof Error && String(Reflect.get(error, "code")).startsWith("Z_");
    if (isStoreError(error, "Corrupt") || error instanceof SyntaxError || isDamaged) return false;
    throw error;
  }
}

function backup(places: Places, [file, ...more]: readonly string[]): void {
  if (file === undefined || more.length > 0) throw new Error("Cannot back up: wanted one FILE to write");
  const { revision, rows } = backupStore(places.store, resolve(file));
  process.stdout.write(`backed up: revision ${revision}, ${rows} versions, checked\n`);
}

async function migrate(from: string | undefined, to: string | undefined): Promise<void> {
  if (from === undefined || to === undefined)
    throw new Error("Cannot migrate: wanted --from SPEC and --to SPEC");
  const [source, target] = [readStoreSpec(from), readStoreSpec(to)];
  if (!isThere(source)) throw new Error(`Cannot migrate from "${from}": it does not exist`);
  await using opened = await openStore(source);
  await using empty = await openStore(target);
  const count = await migrateStore(opened, empty);
  process.stdout.write(`migrated: ${count} objects, the same on both sides\n`);
}

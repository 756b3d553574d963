import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { deflateRawSync } from "node:zlib";

import { EmbeddedBackend, EncryptedBackend, loadEncryptionKey } from "@freehold/store";
import { afterAll, afterEach, beforeEach, expect, test, vi } from "vitest";

import { Places } from "./places.ts";
import { isSecret } from "./secret-keys.ts";
import { runStoreCommand } from "./store-command.ts";

const folder = mkdtempSync(join(tmpdir(), "freehold-store-command-"));
afterAll(() => rmSync(folder, { recursive: true }));
let said = "";
beforeEach(() => {
  said = "";
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    said += String(text);
    return true;
  });
});
afterEach(() => vi.restoreAllMocks());
let folders = 0;

async function filled(): Promise<Places> {
  folders += 1;
  const places = new Places(join(folder, String(folders)));
  mkdirSync(places.server, { recursive: true });
  await using store = await EmbeddedBackend.open(places.store);
  const backend = new EncryptedBackend(store, loadEncryptionKey(places.encryptionKey), isSecret);
  for (const key of ["/registry/core/secrets/default/a", "/registry/core/configmaps/default/a"]) {
    await backend.commit([], [{ type: "put", key, value: Buffer.from('{"a":"hidden"}') }]);
  }
  return places;
}

test("store check says how much is there, also while a server has the store open", async () => {
  const places = await filled();
  await using server = await EmbeddedBackend.open(places.store);
  await runStoreCommand(["check", "--data", places.data]);
  expect(said).toBe("sound: revision 3, 2 versions, 1 of secrets\n");
  expect(await server.revision()).toBe(3);
});

test("store check reads the past too, and tells when it is damaged", async () => {
  const places = await filled();
  await using store = await EmbeddedBackend.open(places.store);
  const value = deflateRawSync('{"verb":"create"}');
  await store.commit([], [{ type: "put", key: "/history/core/configmaps/default/a/1-x", value }]);
  await runStoreCommand(["check", "--data", places.data]);
  expect(said).toBe("sound: revision 4, 3 versions, 1 of secrets\n");
  const torn = value.subarray(0, 5);
  await store.commit([], [{ type: "put", key: "/history/core/configmaps/default/a/2-x", value: torn }]);
  await expect(runStoreCommand(["check", "--data", places.data])).rejects.toThrow("/history/core/");
});

test("store check fails on a value that is no JSON, on a secret nobody can decrypt, and on a damaged row", async () => {
  const places = await filled();
  {
    await using store = await EmbeddedBackend.open(places.store);
    await store.commit([], [{ type: "put", key: "/registry/x/y", value: Buffer.from("{") }]);
  }
  await expect(runStoreCommand(["check", "--data", places.data])).rejects.toThrow("/registry/x/y");
  const other = await filled();
  rmSync(other.encryptionKey);
  loadEncryptionKey(other.encryptionKey);
  await expect(runStoreCommand(["check", "--data", other.data])).rejects.toThrow("secrets/default/a");
  const damaged = await filled();
  const database = new DatabaseSync(damaged.store);
  database.exec("UPDATE kv SET value = x'00' WHERE part = 0");
  database.close();
  await expect(runStoreCommand(["check", "--data", damaged.data])).rejects.toThrow("is damaged");
});

test("store backup makes a file that check and a server accept", async () => {
  const places = await filled();
  const restored = new Places(join(folder, "restored"));
  mkdirSync(restored.server, { recursive: true });
  await using server = await EmbeddedBackend.open(places.store);
  await runStoreCommand(["backup", "--data", places.data, restored.store]);
  expect(said).toBe("backed up: revision 3, 2 versions, checked\n");
  await using store = await EmbeddedBackend.open(restored.store);
  expect((await store.range("/registry/")).count).toBe(2);
  expect(await server.revision()).toBe(3);
});

test("store migrate copies everything and leaves secrets encrypted", async () => {
  const places = await filled();
  const target = join(folder, "target.db");
  const args = ["migrate", "--from", `embedded:${places.store}`, "--to", `embedded:${target}`];
  await runStoreCommand(args);
  expect(said).toBe("migrated: 2 objects, the same on both sides\n");
  {
    await using store = await EmbeddedBackend.open(target);
    const secret = await store.get("/registry/core/secrets/default/a");
    expect(Buffer.from(secret?.value ?? []).toString("latin1")).not.toContain("hidden");
  }
  await expect(runStoreCommand(args)).rejects.toThrow("not empty");
});

test("store commands say what they want", async () => {
  await expect(runStoreCommand(["check"])).rejects.toThrow("--data is missing");
  await expect(runStoreCommand(["backup", "--data", folder])).rejects.toThrow("wanted one FILE");
  await expect(runStoreCommand(["migrate", "--from", "embedded:/none.db", "--to", "etcd:x"])).rejects.toThrow(
    'Cannot use the store "etcd:x"',
  );
  await expect(runStoreCommand(["melt"])).rejects.toThrow("usage: freehold store");
});

import { expect, test } from "vitest";

import { describeBackend } from "../conformance/index.ts";
import { MemoryBackend } from "../memory/memory-backend.ts";
import { EncryptedBackend } from "./encrypted-backend.ts";

const secret = new Uint8Array(32).fill(7);

describeBackend({
  name: "encrypted(memory)",
  open: async () => new EncryptedBackend(new MemoryBackend({ maxBacklog: 1_000 }), secret, () => true),
  modelRuns: 50,
  maxBacklog: 1_000,
});

function put(key: string, value: string) {
  return { type: "put", key, value: Buffer.from(value) } as const;
}

test("EncryptedBackend leaves no plain text of the chosen keys in the store below", async () => {
  await using inner = new MemoryBackend();
  const outer = new EncryptedBackend(inner, secret, (key) => key.startsWith("/secret/"));
  await outer.commit([], [put("/secret/a", "hidden words"), put("/open/a", "plain words")]);
  const below = (await inner.range("")).entries.map(({ value }) => Buffer.from(value).toString("latin1"));
  expect(below[0]).toBe("plain words");
  expect(below[1]).not.toContain("hidden");
  expect(Buffer.from((await outer.get("/secret/a"))?.value ?? []).toString()).toBe("hidden words");
});

test("EncryptedBackend refuses as Corrupt what was changed, moved to another key, or made with another secret", async () => {
  await using inner = new MemoryBackend();
  const all = (): boolean => true;
  const outer = new EncryptedBackend(inner, secret, all);
  await outer.commit([], [put("/a", "hidden")]);
  const sealed = (await inner.get("/a"))?.value ?? new Uint8Array();
  const changed = Uint8Array.from(sealed);
  changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
  await inner.commit([], [{ type: "put", key: "/moved", value: sealed }]);
  await inner.commit([], [{ type: "put", key: "/changed", value: changed }]);
  for (const key of ["/moved", "/changed"]) {
    await expect(outer.get(key)).rejects.toMatchObject({ code: "Corrupt" });
  }
  const other = new EncryptedBackend(inner, new Uint8Array(32).fill(8), all);
  await expect(other.get("/a")).rejects.toMatchObject({ code: "Corrupt" });
});

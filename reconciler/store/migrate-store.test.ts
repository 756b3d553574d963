import { expect, test } from "vitest";

import { MemoryBackend } from "./memory/memory-backend.ts";
import { migrateStore } from "./migrate-store.ts";

async function filled(count: number, size: number): Promise<MemoryBackend> {
  const backend = new MemoryBackend();
  for (let i = 0; i < count; i += 1) {
    await backend.commit([], [{ type: "put", key: `/a/${i}`, value: new Uint8Array(size).fill(i) }]);
  }
  await backend.commit([], [{ type: "delete", key: "/a/0" }]);
  return backend;
}

test.for([
  [250, 10],
  [20, 300_000],
])("migrateStore() copies %i keys of %i bytes in transactions etcd takes", async ([count = 0, size = 0]) => {
  await using source = await filled(count, size);
  await using target = new MemoryBackend();
  expect(await migrateStore(source, target)).toBe(count - 1);
  const plain = async (backend: MemoryBackend): Promise<unknown> =>
    (await backend.range("")).entries.map(({ key, value }) => [key, value.length, value[0]]);
  expect(await plain(target)).toEqual(await plain(source));
});

test("migrateStore() leaves a store alone that has something in it", async () => {
  await using source = await filled(3, 10);
  await using target = await filled(2, 10);
  await expect(migrateStore(source, target)).rejects.toMatchObject({ code: "Exists" });
  expect((await target.range("")).count).toBe(1);
});

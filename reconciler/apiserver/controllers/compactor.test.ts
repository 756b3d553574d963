import { MemoryBackend } from "@freehold/store";
import { expect, test } from "vitest";

import { Compactor } from "./compactor.ts";

test("Compactor.look() keeps what came since the look before", async () => {
  const backend = new MemoryBackend();
  const put = (text: string) =>
    backend.commit([], [{ type: "put", key: "/registry/x", value: new TextEncoder().encode(text) }]);
  const compactor = new Compactor(backend, () => undefined);
  const first = await put("1");
  const second = await put("2");
  await compactor.look();
  const third = await put("3");
  await compactor.look();
  await expect(backend.range("/registry/", { at: first })).rejects.toMatchObject({ code: "Compacted" });
  expect((await backend.range("/registry/", { at: second })).entries).toHaveLength(1);
  expect((await backend.range("/registry/", { at: third })).entries).toHaveLength(1);
});

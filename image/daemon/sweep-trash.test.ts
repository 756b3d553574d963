import { FakeHost } from "@freehold/agent-fake";
import { Layout } from "@freehold/apis/system";
import { expect, it } from "vitest";

import { sweepTrash } from "./sweep-trash.ts";

it("sweepTrash() removes what an interrupted removal left, and nothing else", async () => {
  const { mounts } = new FakeHost();
  const layout = new Layout("/data");
  await mounts.makeDirectory("/data/trash/one/deep");
  await mounts.makeDirectory("/data/volumes/default/web");
  expect(await sweepTrash(mounts, layout)).toBe(1);
  expect(await mounts.list("/data/trash")).toEqual([]);
  expect(await mounts.directory("/data/volumes/default/web")).toBeDefined();
  expect(await sweepTrash(mounts, layout)).toBe(0);
});

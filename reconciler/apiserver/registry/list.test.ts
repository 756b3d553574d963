import { volumeKind } from "@freehold/apis/storage";
import type { MemoryBackend } from "@freehold/store";
import fc from "fast-check";
import { beforeEach, expect, test } from "vitest";

import { ApiError } from "../errors/api-error.ts";
import { registryFixture } from "../testing/registry-fixture.ts";
import { readContinueToken, writeContinueToken } from "./continue-token.ts";
import type { ListOptions } from "./list.ts";
import type { Registry } from "./registry.ts";

let registry: Registry;
let backend: MemoryBackend;

beforeEach(async () => {
  ({ registry, backend } = await registryFixture());
});

async function fill(names: readonly string[]): Promise<void> {
  for (const name of names) {
    await registry.create(volumeKind, "default", { metadata: { name }, spec: { machine: "m1" } });
  }
}

async function pages(options: ListOptions): Promise<readonly (readonly string[])[]> {
  const found: string[][] = [];
  let continueToken: string | undefined;
  do {
    const page = await registry.list(volumeKind, { ...options, continueToken });
    found.push(page.items.map(({ metadata }) => metadata.name));
    ({ continueToken } = page);
  } while (continueToken !== undefined);
  return found;
}

test("list() in pages of any size gives what one list gives, filtered or not", async () => {
  await fill(Array.from({ length: 12 }, (_, i) => `v${String(i).padStart(2, "0")}`));
  const all = (await registry.list(volumeKind)).items.map(({ metadata }) => metadata.name);
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 14 }),
      fc.option(fc.integer({ min: 1, max: 5 })),
      async (limit, step) => {
        const isWanted = (name: string): boolean => step === null || Number(name.slice(1)) % step === 0;
        const matches =
          step === null
            ? undefined
            : ({ metadata }: { metadata: { name: string } }) => isWanted(metadata.name);
        const found = await pages({ limit, matches, namespace: "default" });
        expect(found.flat()).toEqual(all.filter(isWanted));
        expect(found.every((page) => page.length <= limit)).toBe(true);
      },
    ),
  );
});

test("list() shows every page at the first page's revision", async () => {
  await fill(["a", "b", "c"]);
  const first = await registry.list(volumeKind, { limit: 1 });
  expect(first).toMatchObject({ resourceVersion: "5", remainingItemCount: 2 });
  await fill(["bb"]);
  const rest = await registry.list(volumeKind, { continueToken: first.continueToken });
  expect(rest.items.map(({ metadata }) => metadata.name)).toEqual(["b", "c"]);
  expect(rest.resourceVersion).toBe("5");
});

test("list() says 410 with a way on when its revision is compacted", async () => {
  await fill(["a", "b"]);
  const first = await registry.list(volumeKind, { limit: 1 });
  await fill(["c"]);
  await backend.compact(await backend.revision());
  const error: unknown = await registry
    .list(volumeKind, { continueToken: first.continueToken })
    .catch((e: unknown) => e);
  if (!(error instanceof ApiError)) throw new Error("wanted an ApiError");
  expect(error).toMatchObject({ code: 410, reason: "Expired" });
  const rest = await registry.list(volumeKind, { continueToken: error.continueToken });
  expect(rest.items.map(({ metadata }) => metadata.name)).toEqual(["b", "c"]);
});

test("list() reads an exact revision and refuses one of the future", async () => {
  await fill(["a"]);
  const then = String(await backend.revision());
  await fill(["b"]);
  const exact = await registry.list(volumeKind, { resourceVersion: then, resourceVersionMatch: "Exact" });
  expect(exact.items).toHaveLength(1);
  await expect(registry.list(volumeKind, { resourceVersion: "999" })).rejects.toMatchObject({ code: 504 });
  await expect(registry.list(volumeKind, { resourceVersionMatch: "Exact" })).rejects.toMatchObject({
    code: 422,
  });
});

test("readContinueToken() reads back what was written and refuses ways out of the prefix", () => {
  const position = { revision: 1004, start: "default/w1\0" };
  expect(readContinueToken(writeContinueToken(position))).toEqual(position);
  for (const start of ["../secrets/x", "a/../b", "", "a/b/c"]) {
    const token = writeContinueToken({ revision: 1, start });
    expect(() => readContinueToken(token)).toThrow("continue key is not valid");
  }
  expect(() => readContinueToken("%%%")).toThrow("continue key is not valid");
});

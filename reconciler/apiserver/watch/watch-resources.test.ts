import { volumeKind } from "@freehold/apis/storage";
import type { MemoryBackend } from "@freehold/store";
import { beforeEach, expect, test } from "vitest";

import type { Registry } from "../registry/registry.ts";
import { registryFixture } from "../testing/registry-fixture.ts";
import type { WatchFrame, WatchOptions } from "./watch-resources.ts";

let registry: Registry;
let backend: MemoryBackend;

beforeEach(async () => {
  ({ registry, backend } = await registryFixture());
});

const create = (name: string, labels: Record<string, string> = {}) =>
  registry.create(volumeKind, "default", { metadata: { name, labels }, spec: { machine: "m1" } });
const label = (name: string, labels: Record<string, string>) =>
  registry.update(volumeKind, { namespace: "default", name }, (old) => ({
    ...old,
    metadata: { ...old.metadata, labels },
  }));
const remove = (name: string) => registry.delete(volumeKind, { namespace: "default", name });

/** The first frames that tell something, in short. */
async function frames(options: WatchOptions, count: number): Promise<readonly string[]> {
  const end = new AbortController();
  const found: string[] = [];
  for await (const frame of registry.watch(volumeKind, options, end.signal)) {
    const text = show(frame);
    if (text !== undefined) found.push(text);
    if (found.length === count) end.abort();
  }
  return found;
}

function show(frame: WatchFrame): string | undefined {
  switch (frame.type) {
    case "ADDED":
    case "MODIFIED":
    case "DELETED":
      return `${frame.type} ${frame.object.metadata.name}@${frame.object.metadata.resourceVersion}`;
    case "PROGRESS":
      return frame.initialEnd ? `END @${frame.revision}` : undefined;
    case "ERROR":
      return `ERROR ${frame.error.code}`;
  }
}

test("watch() from a revision tells strictly what came after, once and in order", async () => {
  const { metadata } = await create("a");
  await create("b");
  await label("a", { x: "1" });
  await remove("b");
  expect(await frames({ resourceVersion: metadata.resourceVersion }, 3)).toEqual([
    "ADDED b@4",
    "MODIFIED a@5",
    "DELETED b@6",
  ]);
});

test("watch() without a revision or from 0 tells the state first", async () => {
  await create("a");
  expect(await frames({}, 1)).toEqual(["ADDED a@3"]);
  expect(await frames({ resourceVersion: "0" }, 1)).toEqual(["ADDED a@3"]);
});

test("watch() marks the end of the initial state when asked to send it", async () => {
  await create("a");
  expect(await frames({ sendInitialEvents: true }, 2)).toEqual(["ADDED a@3", "END @3"]);
});

test("watch() tells objects that come into a selector and leave it", async () => {
  const { metadata } = await create("a");
  await label("a", { in: "yes" });
  await label("a", { in: "yes", more: "1" });
  await label("a", {});
  const matches: WatchOptions["matches"] = (resource) => resource.metadata.labels?.["in"] === "yes";
  expect(await frames({ resourceVersion: metadata.resourceVersion, matches }, 3)).toEqual([
    "ADDED a@4",
    "MODIFIED a@5",
    "DELETED a@6",
  ]);
});

test("watch() from a compacted revision ends with 410", async () => {
  await create("a");
  await create("b");
  await backend.compact(await backend.revision());
  expect(await frames({ resourceVersion: "1" }, 1)).toEqual(["ERROR 410"]);
});

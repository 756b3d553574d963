import { namespaceKind, secretKind } from "@freehold/apis/core";
import { volumeKind } from "@freehold/apis/storage";
import { containerKind } from "@freehold/apis/workload";
import type { MemoryBackend } from "@freehold/store";
import { beforeEach, describe, expect, test } from "vitest";

import { ApiError } from "../errors/api-error.ts";
import { registryFixture } from "../testing/registry-fixture.ts";
import type { Registry } from "./registry.ts";

let registry: Registry;
let backend: MemoryBackend;

beforeEach(async () => {
  ({ registry, backend } = await registryFixture());
});

const at = (name: string) => ({ namespace: "default", name });
const volume = (name: string, metadata: object = {}) => ({
  metadata: { name, ...metadata },
  spec: { machine: "m1", size: "1Gi" },
});
const create = (name: string, metadata?: object) =>
  registry.create(volumeKind, "default", volume(name, metadata));

async function failure(doing: Promise<unknown>): Promise<{ code: number; reason: string; message: string }> {
  const error: unknown = await doing.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(error instanceof ApiError)) throw new Error(`wanted an ApiError, found ${String(error)}`);
  return { code: error.code, reason: error.reason, message: error.message };
}

describe("Registry.create()", () => {
  test("sets what is the server's and fills defaults", async () => {
    const created = await registry.create(volumeKind, "default", {
      ...volume("a", {
        uid: "mine",
        generation: 9,
        deletionTimestamp: "2020-01-01T00:00:00Z",
        selfLink: "/x",
      }),
      status: { path: "/wrong" },
    });
    expect(created).toEqual({
      apiVersion: "storage.freehold.dev/v1alpha1",
      kind: "Volume",
      metadata: {
        name: "a",
        namespace: "default",
        uid: "uid-2",
        generation: 1,
        creationTimestamp: "2026-01-02T03:04:05Z",
        resourceVersion: "3",
        managedFields: [
          {
            manager: "unknown",
            operation: "Update",
            apiVersion: "storage.freehold.dev/v1alpha1",
            time: "2026-01-02T03:04:05Z",
            fieldsType: "FieldsV1",
            fieldsV1: { "f:spec": { ".": {}, "f:machine": {}, "f:retain": {}, "f:size": {} } },
          },
        ],
      },
      spec: { machine: "m1", size: "1Gi", retain: true },
    });
    expect(await registry.get(volumeKind, at("a"))).toEqual(created);
  });

  test("completes generateName", async () => {
    const created = await registry.create(volumeKind, "default", {
      metadata: { generateName: "data-" },
      spec: { machine: "m1" },
    });
    expect(created.metadata.name).toBe("data-xxxx2");
  });

  test.each([
    [
      "a name twice",
      async () => {
        await create("a");
        return create("a");
      },
      409,
      'volumes.storage.freehold.dev "a" already exists',
    ],
    [
      "no such namespace",
      () => registry.create(volumeKind, "nowhere", volume("a")),
      404,
      'namespaces "nowhere" not found',
    ],
    [
      "another namespace",
      () => create("a", { namespace: "other" }),
      400,
      "does not match the namespace sent on the request",
    ],
    [
      "another kind",
      () => registry.create(volumeKind, "default", { ...volume("a"), kind: "Thing" }),
      400,
      "does not match the expected kind",
    ],
    ["a bad name", () => create("No_Good"), 422, "metadata.name: Invalid value"],
    ["a bad label", () => create("a", { labels: { "x y": "z" } }), 422, "metadata.labels: Invalid value"],
    [
      "a label that is no text",
      () => create("a", { labels: { x: 1 } }),
      422,
      "metadata.labels[x]: Invalid value: 1: must be of type string",
    ],
    [
      "a missing field",
      () => registry.create(volumeKind, "default", { metadata: { name: "a" }, spec: {} }),
      422,
      "spec.machine: Required value",
    ],
    [
      "a resourceVersion",
      () => create("a", { resourceVersion: "1" }),
      400,
      "resourceVersion should not be set",
    ],
  ])("refuses %s", async (_, doing, code, message) => {
    const found = await failure(doing());
    expect(found.code).toBe(code);
    expect(found.message).toContain(message);
  });

  test("drops unknown fields and names them", async () => {
    const told: string[] = [];
    const created = await registry.create(
      volumeKind,
      "default",
      { metadata: { name: "a", colour: 1 }, spec: { machine: "m1", colour: "red" } },
      { onUnknownFields: (paths) => void told.push(...paths) },
    );
    expect(told).toEqual(["metadata.colour", "spec.colour"]);
    expect(created.spec).toEqual({ machine: "m1", retain: true });
  });

  test("refuses items of a list by key that come twice", async () => {
    const volumes = [
      { id: "main", volume: "a" },
      { id: "main", volume: "b" },
    ];
    const creating = registry.create(containerKind, "default", {
      metadata: { name: "a" },
      spec: { volumes },
    });
    expect((await failure(creating)).message).toContain('spec.volumes[1]: Duplicate value: {"id":"main"}');
  });

  test("writes nothing when dry", async () => {
    const before = await backend.revision();
    const created = await registry.create(volumeKind, "default", volume("a"), { dryRun: true });
    expect(created.metadata.resourceVersion).toBeUndefined();
    expect(await backend.revision()).toBe(before);
  });

  test("folds a secret's stringData into data", async () => {
    const created = await registry.create(secretKind, "default", {
      metadata: { name: "s" },
      data: { old: "b2xk" },
      stringData: { new: "new" },
    });
    expect(created).toMatchObject({ data: { old: "b2xk", new: "bmV3" }, type: "Opaque" });
    expect(created).not.toHaveProperty("stringData");
  });

  test("is refused in a namespace that is being deleted", async () => {
    await registry.create(namespaceKind, undefined, { metadata: { name: "going" } });
    await registry.delete(namespaceKind, { name: "going" });
    expect(await registry.get(namespaceKind, { name: "going" })).toMatchObject({
      status: { phase: "Terminating" },
    });
    expect(await failure(registry.create(volumeKind, "going", volume("a")))).toMatchObject({
      code: 403,
      message: expect.stringContaining("because it is being terminated"),
    });
  });
});

describe("Registry.update()", () => {
  test("moves the generation with the wish, not with metadata or status", async () => {
    await create("a");
    const grown = await registry.update(volumeKind, at("a"), (old) => ({
      ...old,
      spec: { machine: "m1", size: "2Gi" },
    }));
    expect(grown.metadata.generation).toBe(2);
    const labelled = await registry.update(volumeKind, at("a"), (old) => ({
      ...old,
      metadata: { ...old.metadata, labels: { a: "b" } },
    }));
    expect(labelled.metadata).toMatchObject({ generation: 2, labels: { a: "b" } });
    const seen = await registry.update(
      volumeKind,
      at("a"),
      (old) => ({ ...old, metadata: { name: "a" }, spec: { machine: "x" }, status: { path: "/data" } }),
      { endpoint: "status" },
    );
    expect(seen).toMatchObject({
      metadata: { generation: 2, labels: { a: "b" } },
      spec: { machine: "m1", size: "2Gi" },
      status: { path: "/data" },
    });
    const kept = await registry.update(volumeKind, at("a"), (old) => ({
      ...old,
      status: { path: "/other" },
      spec: { machine: "m1" },
    }));
    expect(kept.status).toEqual({ path: "/data" });
  });

  test("writes nothing when nothing changes", async () => {
    const created = await create("a");
    const before = await backend.revision();
    expect(await registry.update(volumeKind, at("a"), () => created)).toEqual(created);
    expect(await backend.revision()).toBe(before);
  });

  test.each([
    [
      "a stale version",
      { metadata: { name: "a", resourceVersion: "1" } },
      409,
      "the object has been modified",
    ],
    [
      "another uid",
      { metadata: { name: "a", uid: "other" } },
      409,
      "Precondition failed: UID in precondition: other",
    ],
    ["another name", { metadata: { name: "b" } }, 400, "does not match the name on the URL"],
    [
      "a change of what is fixed",
      { spec: { machine: "m2" } },
      422,
      'spec.machine: Invalid value: "m2": field is immutable',
    ],
  ])("refuses %s", async (_, change, code, message) => {
    await create("a");
    const found = await failure(registry.update(volumeKind, at("a"), () => ({ ...volume("a"), ...change })));
    expect(found.code).toBe(code);
    expect(found.message).toContain(message);
  });

  test("loses no increment among many writers", async () => {
    await create("a", { annotations: { n: "0" } });
    const add = () =>
      registry.update(volumeKind, at("a"), (old) => ({
        ...old,
        metadata: {
          ...old.metadata,
          annotations: { n: String(Number(old.metadata.annotations?.["n"]) + 1) },
        },
      }));
    await Promise.all(Array.from({ length: 20 }, add));
    expect((await registry.get(volumeKind, at("a"))).metadata.annotations).toEqual({ n: "20" });
  });

  test("keeps an immutable secret's data", async () => {
    await registry.create(secretKind, "default", {
      metadata: { name: "s" },
      data: { a: "YQ==" },
      immutable: true,
    });
    const found = await failure(
      registry.update(secretKind, at("s"), (old) => ({ ...old, data: { a: "Yg==" } })),
    );
    expect(found).toMatchObject({
      code: 422,
      message: 'Secret "s" is invalid: data: Invalid value: field is immutable',
    });
  });
});

describe("Registry.delete()", () => {
  test("removes at once without finalizers", async () => {
    await create("a");
    expect(await registry.delete(volumeKind, at("a"))).toMatchObject({ gone: true });
    expect(await failure(registry.get(volumeKind, at("a")))).toMatchObject({ code: 404 });
  });

  test("marks once, takes no new finalizers, and goes with the last one", async () => {
    await create("a", { finalizers: ["example.com/hold"] });
    const marked = await registry.delete(volumeKind, at("a"));
    expect(marked).toMatchObject({
      gone: false,
      resource: { metadata: { generation: 2, deletionTimestamp: "2026-01-02T03:04:05Z" } },
    });
    expect(await registry.delete(volumeKind, at("a"))).toEqual(marked);
    const adding = registry.update(volumeKind, at("a"), (old) => ({
      ...old,
      metadata: { ...old.metadata, finalizers: ["example.com/hold", "example.com/more"] },
    }));
    expect(await failure(adding)).toMatchObject({
      code: 422,
      message: expect.stringContaining("no new finalizers"),
    });
    const noList = registry.update(volumeKind, at("a"), (old) => ({
      ...old,
      metadata: { ...old.metadata, finalizers: "x" },
    }));
    expect(await failure(noList)).toMatchObject({
      code: 422,
      message: expect.stringContaining("finalizers"),
    });
    await registry.update(volumeKind, at("a"), (old) => ({
      ...old,
      metadata: { ...old.metadata, finalizers: [] },
    }));
    expect(await failure(registry.get(volumeKind, at("a")))).toMatchObject({ code: 404 });
  });

  test("holds to its preconditions", async () => {
    await create("a");
    expect(await failure(registry.delete(volumeKind, at("a"), { uid: "other" }))).toMatchObject({
      code: 409,
    });
    expect(await failure(registry.delete(volumeKind, at("a"), { resourceVersion: "1" }))).toMatchObject({
      code: 409,
    });
  });

  test("keeps the first namespaces", async () => {
    expect(await failure(registry.delete(namespaceKind, { name: "default" }))).toMatchObject({ code: 403 });
  });
});

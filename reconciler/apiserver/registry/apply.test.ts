import type { ManagedFieldsEntry, Resource } from "@freehold/apis";
import { configMapKind, namespaceKind, secretKind } from "@freehold/apis/core";
import { volumeKind } from "@freehold/apis/storage";
import type { MemoryBackend } from "@freehold/store";
import { beforeEach, describe, expect, test } from "vitest";

import { ApiError } from "../errors/api-error.ts";
import { registryFixture } from "../testing/registry-fixture.ts";
import { registryStore } from "./registry-store.ts";
import type { Registry } from "./registry.ts";
import type { ApplyOptions, ApplyOutcome } from "./write-options.ts";

let registry: Registry;
let backend: MemoryBackend;
let seconds: number;

beforeEach(async () => {
  seconds = 0;
  ({ registry, backend } = await registryFixture(() => (seconds += 1) * 1000));
});

const key = { namespace: "default", name: "a" };
const volume = (spec: object, metadata: object = {}) => ({
  apiVersion: "storage.freehold.dev/v1alpha1",
  kind: "Volume",
  metadata,
  spec,
});

function apply(manager: string, config: object, options: Partial<ApplyOptions> = {}): Promise<ApplyOutcome> {
  return registry.apply(volumeKind, key, config, { manager, force: false, ...options });
}

function ownedBy(resource: Resource, manager: string): unknown {
  return (resource.metadata.managedFields ?? [])
    .filter((entry) => entry.manager === manager)
    .map(({ operation, subresource, fieldsV1 }: ManagedFieldsEntry) => [operation, subresource, fieldsV1]);
}

async function failure(doing: Promise<unknown>): Promise<object> {
  const error: unknown = await doing.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(error instanceof ApiError)) throw new Error(`wanted an ApiError, found ${String(error)}`);
  return error.toStatus();
}

describe("Registry.apply()", () => {
  test("makes what is not there, and owns what was applied but not what was filled in", async () => {
    const { resource, created } = await apply("ann", volume({ machine: "m1" }, { labels: { x: "1" } }));
    expect(created).toBe(true);
    expect(resource.spec).toEqual({ machine: "m1", retain: true });
    expect(ownedBy(resource, "ann")).toEqual([
      ["Apply", undefined, { "f:metadata": { "f:labels": { "f:x": {} } }, "f:spec": { "f:machine": {} } }],
    ]);
    expect(await registry.get(volumeKind, key)).toEqual(resource);
  });

  test("writes nothing when nothing changes, also where null means absent", async () => {
    const config = volume({ machine: "m1", size: null });
    const { resource } = await apply("ann", config);
    expect(resource.spec).not.toHaveProperty("size");
    const before = await backend.revision();
    expect(await apply("ann", config)).toEqual({ resource, created: false });
    expect(await backend.revision()).toBe(before);
  });

  test("writes that somebody else now applies the same", async () => {
    await apply("ann", volume({ machine: "m1" }));
    const { resource } = await apply("bob", volume({ machine: "m1" }));
    expect(resource.metadata.generation).toBe(1);
    expect(ownedBy(resource, "bob")).toEqual([["Apply", undefined, { "f:spec": { "f:machine": {} } }]]);
  });

  test("answers 409 with its causes, in Kubernetes' words", async () => {
    await registry.create(volumeKind, "default", volume({ machine: "m1", size: "1Gi" }, { name: "a" }), {
      manager: "kubectl-edit",
    });
    const message = 'conflict with "kubectl-edit" using storage.freehold.dev/v1alpha1';
    expect(await failure(apply("ann", volume({ machine: "m1", size: "2Gi" })))).toEqual({
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message: `Apply failed with 1 conflict: ${message}: .spec.size`,
      reason: "Conflict",
      details: { causes: [{ reason: "FieldManagerConflict", message, field: ".spec.size" }] },
      code: 409,
    });
    const { resource } = await apply("ann", volume({ machine: "m1", size: "2Gi" }), { force: true });
    expect(resource).toMatchObject({ metadata: { generation: 2 }, spec: { size: "2Gi" } });
    expect(ownedBy(resource, "kubectl-edit")).toEqual([
      ["Update", undefined, { "f:spec": { ".": {}, "f:machine": {}, "f:retain": {} } }],
    ]);
  });

  test("keeps status for the status endpoint, as an entry of its own", async () => {
    await apply("ann", { ...volume({ machine: "m1" }), status: { path: "/wrong" } });
    const { resource } = await apply(
      "ann",
      { ...volume({ machine: "m2" }), status: { path: "/data" } },
      {
        endpoint: "status",
      },
    );
    expect(resource).toMatchObject({ spec: { machine: "m1" }, status: { path: "/data" } });
    expect(ownedBy(resource, "ann")).toEqual([
      ["Apply", undefined, { "f:spec": { "f:machine": {} } }],
      ["Apply", "status", { "f:status": { "f:path": {} } }],
    ]);
    const gone = await apply("ann", volume({ machine: "m1" }), { endpoint: "status" });
    expect(gone.resource.status).toBeUndefined();
  });

  test.each([
    [
      "no version",
      { kind: "Volume" },
      400,
      "Incorrect version specified in apply patch. Specified patch version: , expected: storage.freehold.dev/v1alpha1",
    ],
    ["another kind", { ...volume({}), kind: "Disk" }, 400, "Incorrect kind specified in apply patch"],
    ["managedFields", volume({}, { managedFields: [{}] }), 400, "metadata.managedFields must be nil"],
    [
      "another name",
      volume({}, { name: "b" }),
      400,
      "the name of the object (b) does not match the name on the URL (a)",
    ],
    [
      "unknown fields",
      volume({ colour: 1 }),
      400,
      "failed to create typed patch object (default/a; storage.freehold.dev/v1alpha1, Kind=Volume): .spec.colour: field not declared in schema",
    ],
    [
      "a finalizer twice",
      volume({}, { finalizers: ["x.y/z", "x.y/z"] }),
      400,
      '.metadata.finalizers: duplicate entries for key [="x.y/z"]',
    ],
    ["too little", volume({}), 422, "spec.machine: Required value"],
    [
      "the uid of what is gone",
      volume({ machine: "m1" }, { uid: "u" }),
      409,
      "uid mismatch: the provided object specified uid u, and no existing object was found",
    ],
  ])("refuses %s", async (_, config, code, message) => {
    expect(await failure(apply("ann", config))).toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
  });

  test("holds to a resourceVersion in the configuration, and writes nothing when dry", async () => {
    const { resource } = await apply("ann", volume({ machine: "m1" }));
    const before = await backend.revision();
    const stale = volume({ machine: "m1", size: "2Gi" }, { resourceVersion: "1" });
    expect(await failure(apply("ann", stale))).toMatchObject({ code: 409 });
    const dry = await apply("ann", volume({ machine: "m1", size: "2Gi" }), { dryRun: true });
    expect(dry.resource.spec).toMatchObject({ size: "2Gi" });
    expect(await registry.get(volumeKind, key)).toEqual(resource);
    expect(await backend.revision()).toBe(before);
  });

  test("asks before it makes an object, and about the object before and after", async () => {
    const seen: unknown[] = [];
    const onMissing = () => void seen.push("missing");
    const onObject = ({ spec }: Resource) => void seen.push(structuredClone(spec));
    await apply("ann", volume({ machine: "m1" }), { onMissing, onObject });
    await apply("ann", volume({ machine: "m1", retain: false }), { onMissing, onObject });
    expect(seen).toEqual([
      "missing",
      { machine: "m1" },
      { machine: "m1", retain: true },
      { machine: "m1", retain: false },
    ]);
  });

  test("loses no applier among many at once", async () => {
    const managers = Array.from({ length: 15 }, (_, i) => `m${i}`);
    await Promise.all(
      managers.map((name) => apply(name, volume({ machine: "m1" }, { annotations: { [name]: "1" } }))),
    );
    const { metadata } = await registry.get(volumeKind, key);
    expect(Object.keys(metadata.annotations ?? {}).sort()).toEqual(managers.toSorted());
    expect(metadata.managedFields).toHaveLength(15);
  });

  test("takes a secret's stringData as data", async () => {
    const config = { apiVersion: "v1", kind: "Secret", stringData: { a: "b" } };
    const { resource } = await registry.apply(secretKind, key, config, { manager: "ann", force: false });
    expect(resource).toMatchObject({ data: { a: "Yg==" } });
    expect(ownedBy(resource, "ann")).toEqual([["Apply", undefined, { "f:data": { "f:a": {} } }]]);
  });
});

describe("managedFields", () => {
  test("follow updates, each under its manager, and lose what is removed", async () => {
    const config = { metadata: { name: "a", labels: { x: "1" } }, data: { one: "1" } };
    await registry.create(configMapKind, "default", config, { manager: "ann" });
    const changed = await registry.update(configMapKind, key, (old) => ({ ...old, data: { two: "2" } }), {
      manager: "bob",
    });
    expect(ownedBy(changed, "ann")).toEqual([
      ["Update", undefined, { "f:data": {}, "f:metadata": { "f:labels": { ".": {}, "f:x": {} } } }],
    ]);
    expect(ownedBy(changed, "bob")).toEqual([["Update", undefined, { "f:data": { "f:two": {} } }]]);
  });

  test("are not the server's own: neither what it adds at birth nor a namespace's finalizer", async () => {
    const created = await registry.create(
      namespaceKind,
      undefined,
      { metadata: { name: "n" } },
      { manager: "ann" },
    );
    expect(created.metadata.managedFields).toBeUndefined();
  });

  test("are kept when a client sends none or damaged ones, and reset by one empty entry", async () => {
    const created = await registry.create(volumeKind, "default", volume({ machine: "m1" }, { name: "a" }));
    const before = await backend.revision();
    const send = (managedFields: unknown) =>
      registry.update(volumeKind, key, (old) => ({ ...old, metadata: { ...old.metadata, managedFields } }));
    for (const sent of [
      undefined,
      [],
      [{ manager: "x" }],
      [{ ...created.metadata.managedFields?.[0], time: "2026-01-01T00:00:00Z" }],
    ]) {
      expect(await send(sent)).toEqual(created);
    }
    expect(await backend.revision()).toBe(before);
    expect((await send([{}])).metadata.managedFields).toBeUndefined();
    const grown = await registry.update(volumeKind, key, (old) => ({
      ...old,
      spec: { machine: "m1", size: "1Gi" },
    }));
    expect(grown.metadata.managedFields).toBeUndefined();
    const { resource } = await apply("ann", volume({ machine: "m1" }));
    expect(ownedBy(resource, "before-first-apply")).toMatchObject([
      ["Update", undefined, { "f:spec": { "f:size": {} } }],
    ]);
  });

  test("can be edited, as kubectl does when it goes over to server-side apply", async () => {
    const created = await registry.create(volumeKind, "default", volume({ machine: "m1" }, { name: "a" }));
    const managedFields = created.metadata.managedFields?.map((entry) => ({
      ...entry,
      manager: "kubectl",
      operation: "Apply",
    }));
    const moved = await registry.update(volumeKind, key, (old) => ({
      ...old,
      metadata: { ...old.metadata, managedFields },
    }));
    expect(moved.metadata.managedFields).toEqual(managedFields);
  });

  test("carry a controller's name, and stay out of its sight", async () => {
    const store = registryStore(registry);
    const created = await store.create(
      volumeKind,
      volumeKind.draft({ name: "a", namespace: "default" }, { machine: "m1", retain: true }),
      { name: "storage.volume" },
    );
    expect(created.metadata.managedFields).toBeUndefined();
    const told = await store.updateStatus(
      volumeKind,
      { ...created, status: { path: "/data" } },
      { name: "storage.volume" },
    );
    const before = await backend.revision();
    await store.update(volumeKind, told, { name: "storage.volume" });
    await store.updateStatus(volumeKind, told, { name: "storage.volume" });
    expect(await backend.revision()).toBe(before);
    expect(ownedBy(await registry.get(volumeKind, key), "storage.volume")).toEqual([
      ["Update", undefined, { "f:spec": { ".": {}, "f:machine": {}, "f:retain": {} } }],
      ["Update", "status", { "f:status": { ".": {}, "f:path": {} } }],
    ]);
  });
});

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type ApiServer, startApiServer } from "@freehold/apiserver";
import { MemoryBackend } from "@freehold/store";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { Kubectl, kubectlBinaries, type Ran } from "./kubectl-run.ts";

const binaries = await kubectlBinaries();
const NOTE = "kubectl.kubernetes.io/last-applied-configuration";

function volume(name: string, spec: object, metadata: object = {}): string {
  const meta = { name, ...metadata };
  return JSON.stringify({
    apiVersion: "storage.freehold.dev/v1alpha1",
    kind: "Volume",
    metadata: meta,
    spec,
  });
}

let folder: string;
let server: ApiServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "freehold-apply-"));
  server = await startApiServer({
    backend: new MemoryBackend(),
    dataDir: folder,
    listen: { host: "127.0.0.1", port: 0 },
    names: [],
  });
});

afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

describe.each(binaries)("$name", ({ name: binary, path }) => {
  const namespace = `apply-${binary.replaceAll(/[^a-z0-9]/g, "-")}`;
  let kubectl: Kubectl;

  beforeAll(async () => {
    kubectl = new Kubectl({
      binary: path,
      kubeconfig: join(folder, "admin.kubeconfig"),
      cacheDir: join(folder, `cache-${binary}`),
    });
    await kubectl.ok(["create", "namespace", namespace]);
  });

  const run = (manifest: string, ...args: string[]): Promise<Ran> =>
    kubectl.run([...args, "-f", "-", "-n", namespace], { input: manifest });
  const apply = async (manifest: string, ...args: string[]): Promise<string> => {
    const { code, out, err } = await run(manifest, "apply", ...args);
    if (code !== 0) throw new Error(`apply ended with ${code}: ${err}`);
    return out;
  };
  const ok = (...args: string[]): Promise<string> => kubectl.ok([...args, "-n", namespace]);
  const read = async (name: string): Promise<Read> =>
    JSON.parse(await ok("get", "vol", name, "-o", "json", "--show-managed-fields"));

  test("apply --server-side makes, changes and leaves an object", async () => {
    const line = "volume.storage.freehold.dev/made serverside-applied\n";
    expect(await apply(volume("made", { machine: "m1" }), "--server-side")).toBe(line);
    const first = await read("made");
    expect(await apply(volume("made", { machine: "m1" }), "--server-side")).toBe(line);
    expect(await read("made")).toEqual(first);
    await apply(volume("made", { machine: "m1", size: "1Gi" }), "--server-side");
    const { metadata, spec } = await read("made");
    expect(spec).toEqual({ machine: "m1", retain: true, size: "1Gi" });
    expect(metadata.generation).toBe(2);
    expect(metadata.managedFields).toMatchObject([
      { manager: "kubectl", operation: "Apply", fieldsV1: { "f:spec": { "f:machine": {}, "f:size": {} } } },
    ]);
    expect(await ok("get", "vol", "made", "-o", "yaml")).not.toContain("managedFields");
    expect(await ok("get", "vol", "made", "-o", "yaml", "--show-managed-fields")).toContain("f:machine: {}");
  });

  test("a conflict ends with 1 and names the field, and --force-conflicts takes it", async () => {
    await apply(volume("held", { machine: "m1", size: "1Gi" }), "--server-side", "--field-manager=gitops");
    const wish = volume("held", { machine: "m1", size: "2Gi" });
    const { code, err, out } = await run(wish, "apply", "--server-side", "--field-manager=person");
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(
      /^error: Apply failed with 1 conflict: conflict with "gitops": \.spec\.size\nPlease review the fields above--they currently have other managers\. Here\nare the ways you can resolve this warning:/,
    );
    await apply(wish, "--server-side", "--field-manager=person", "--force-conflicts");
    const { metadata, spec } = await read("held");
    expect(spec).toMatchObject({ size: "2Gi" });
    expect(metadata.managedFields).toMatchObject([
      { manager: "gitops", fieldsV1: { "f:spec": { "f:machine": {} } } },
      { manager: "person", fieldsV1: { "f:spec": { "f:machine": {}, "f:size": {} } } },
    ]);
  });

  test("an edit by patch is another manager's, in its own version", async () => {
    await apply(volume("edited", { machine: "m1", size: "1Gi" }), "--server-side");
    await ok("patch", "vol", "edited", "--type=merge", "-p", '{"spec":{"size":"5Gi"}}');
    const { code, err } = await run(
      volume("edited", { machine: "m1", size: "1Gi" }),
      "apply",
      "--server-side",
    );
    expect(code).toBe(1);
    expect(err).toContain('conflict with "kubectl-patch" using storage.freehold.dev/v1alpha1: .spec.size');
  });

  test("client-side, server-side and client-side apply again: each removes what is given up", async () => {
    await apply(volume("turned", { machine: "m1", size: "1Gi" }, { labels: { a: "1" } }));
    expect((await read("turned")).metadata.managedFields).toMatchObject([
      { manager: "kubectl-client-side-apply", operation: "Update" },
    ]);
    // The label is given up in the very step from one to the other.
    await apply(volume("turned", { machine: "m1", size: "2Gi" }), "--server-side");
    const moved = await read("turned");
    // kubectl itself keeps its note under a manager of its own.
    expect(moved.metadata.managedFields.map(({ manager, operation }) => [manager, operation])).toEqual([
      ["kubectl", "Apply"],
      ["kubectl-last-applied", "Apply"],
    ]);
    expect(moved.metadata.labels).toBeUndefined();
    expect(JSON.parse(moved.metadata.annotations?.[NOTE] ?? "")).toMatchObject({ spec: { size: "2Gi" } });
    await apply(volume("turned", { machine: "m1" }));
    expect((await read("turned")).spec).toEqual({ machine: "m1", retain: true });
  });

  test("diff --server-side tells what would change, and changes nothing", async () => {
    await apply(volume("same", { machine: "m1" }), "--server-side");
    const before = await read("same");
    expect((await run(volume("same", { machine: "m1" }), "diff", "--server-side")).code).toBe(0);
    const { code, out } = await run(volume("same", { machine: "m1", size: "3Gi" }), "diff", "--server-side");
    expect(code).toBe(1);
    expect(out).toMatch(/^\+ +size: 3Gi$/m);
    expect(await read("same")).toEqual(before);
    expect(
      await apply(volume("same", { machine: "m1", size: "3Gi" }), "--server-side", "--dry-run=server"),
    ).toBe("volume.storage.freehold.dev/same serverside-applied (server dry run)\n");
    expect(await read("same")).toEqual(before);
  });

  test("unknown fields and bad values are refused by name", async () => {
    const unknown = await run(volume("odd", { machine: "m1", colour: "red" }), "apply", "--server-side");
    expect(unknown.code).toBe(1);
    expect(unknown.err).toContain(".spec.colour: field not declared in schema");
    const bad = await run(volume("odd", { machine: "m1", size: "huge" }), "apply", "--server-side");
    expect(bad.err).toMatch(/The Volume "odd" is invalid: spec\.size: Invalid value/);
  });
});

// Older ones do not know --subresource.
test.runIf(binaries.length > 0)("the newest kubectl applies status apart from spec", async () => {
  const kubectl = new Kubectl({
    binary: binaries.at(-1)?.path ?? "kubectl",
    kubeconfig: join(folder, "admin.kubeconfig"),
    cacheDir: join(folder, "cache-status"),
  });
  const apply = (manifest: object, ...args: string[]): Promise<string> =>
    kubectl.ok(["apply", "--server-side", "-f", "-", ...args], { input: JSON.stringify(manifest) });
  const told = { apiVersion: "storage.freehold.dev/v1alpha1", kind: "Volume", metadata: { name: "told" } };
  await apply({ ...told, spec: { machine: "m1" } });
  await apply({ ...told, status: { path: "/data" } }, "--subresource=status", "--field-manager=agent");
  const { metadata }: Read = JSON.parse(
    await kubectl.ok(["get", "vol", "told", "-o", "json", "--show-managed-fields"]),
  );
  expect(metadata.managedFields.toSorted((a, b) => a.manager.localeCompare(b.manager))).toMatchObject([
    { manager: "agent", subresource: "status", fieldsV1: { "f:status": { "f:path": {} } } },
    { manager: "kubectl", fieldsV1: { "f:spec": { "f:machine": {} } } },
  ]);
});

interface Read {
  readonly metadata: {
    readonly generation: number;
    readonly labels?: Record<string, string>;
    readonly annotations?: Record<string, string>;
    readonly managedFields: readonly {
      readonly manager: string;
      readonly operation: string;
      readonly fieldsV1: object;
    }[];
  };
  readonly spec: object;
}

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { type ApiServer, startApiServer } from "@freehold/apiserver";
import { MemoryBackend } from "@freehold/store";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { Kubectl, oldKubectlBinaries } from "./kubectl-run.ts";

const binaries = await oldKubectlBinaries();
let folder: string;
let server: ApiServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "freehold-kubectl-"));
  const listen = { host: "127.0.0.1", port: 0 };
  server = await startApiServer({ backend: new MemoryBackend(), dataDir: folder, listen, names: [] });
});

afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

const volume = (name: string, size: string): string =>
  JSON.stringify({
    apiVersion: "storage.freehold.dev/v1alpha1",
    kind: "Volume",
    metadata: { name },
    spec: { machine: "m1", size },
  });

test("what a client without OpenAPI v3 asks for is there", async () => {
  const place = { kubeconfig: join(folder, "admin.kubeconfig"), cacheDir: join(folder, "cache") };
  const [binary] = binaries;
  const path = binary?.path ?? "kubectl";
  const raw = await new Kubectl({ ...place, binary: path }).run(["get", "--raw", "/openapi/v2"]);
  expect(raw.out).toContain('"swagger":"2.0"');
});

describe.each(binaries)("$name", ({ name: binary, path }) => {
  const name = `old-${binary.replaceAll(/[^a-z0-9]/g, "-")}`;
  let kubectl: Kubectl;
  beforeAll(() => {
    kubectl = new Kubectl({
      binary: path,
      kubeconfig: join(folder, "admin.kubeconfig"),
      cacheDir: join(folder, `cache-${binary}`),
    });
  });

  test("applies, lists, follows and deletes", async () => {
    const apply = (size: string): Promise<string> =>
      kubectl.ok(["apply", "-f", "-"], { input: volume(name, size) });
    expect(await apply("1Gi")).toContain(`${name} created`);
    expect(await apply("2Gi")).toContain(`${name} configured`);
    expect(await apply("2Gi")).toContain(`${name} unchanged`);
    expect(await kubectl.ok(["get", "vol"])).toMatch(new RegExp(`^${name} +true`, "m"));
    const watching = kubectl.start(["get", "vol", name, "-w", "-o", "name"]);
    const lines = createInterface(watching.stdout)[Symbol.asyncIterator]();
    expect((await lines.next()).value).toContain(name);
    await kubectl.ok(["label", "vol", name, "tier=gold"]);
    expect((await lines.next()).value).toContain(name);
    watching.kill();
    expect(await kubectl.ok(["describe", "vol", name])).toContain("tier=gold");
    expect(await kubectl.ok(["delete", "vol", name])).toContain("deleted");
  });

  test("hears from the server what is wrong", async () => {
    const { code, err } = await kubectl.run(["create", "-f", "-"], { input: volume(name, "much") });
    expect(code).toBe(1);
    expect(err).toContain("spec.size");
  });
});

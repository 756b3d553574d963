import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { type ApiServer, startApiServer } from "@freehold/apiserver";
import { MemoryBackend } from "@freehold/store";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { Kubectl, kubectlBinaries, oldKubectlBinaries } from "./kubectl-run.ts";

const binaries = await kubectlBinaries();
const volumes = "volumes.storage.freehold.dev";

function volume(name: string, more: { spec?: object; metadata?: object } = {}): string {
  return JSON.stringify({
    apiVersion: "storage.freehold.dev/v1alpha1",
    kind: "Volume",
    metadata: { name, ...more.metadata },
    spec: { machine: "m1", size: "1Gi", ...more.spec },
  });
}

let folder: string;
let server: ApiServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "freehold-kubectl-"));
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

test("a kubectl is there to be driven", async () => {
  expect([...binaries, ...(await oldKubectlBinaries())]).not.toEqual([]);
});

describe.each(binaries)("$name", ({ name: binary, path }) => {
  const namespace = `skew-${binary.replaceAll(/[^a-z0-9]/g, "-")}`;
  let kubectl: Kubectl;

  beforeAll(async () => {
    kubectl = new Kubectl({
      binary: path,
      kubeconfig: join(folder, "admin.kubeconfig"),
      cacheDir: join(folder, `cache-${binary}`),
    });
    const manifest = JSON.stringify({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
    await kubectl.ok(["create", "-f", "-"], { input: manifest });
  });

  afterAll(async () => {
    await kubectl.ok(["delete", "namespace", namespace]);
  });

  const inNamespace = (...args: string[]): string[] => [...args, "-n", namespace];
  const ok = (...args: string[]): Promise<string> => kubectl.ok(inNamespace(...args));
  const apply = (manifest: string, ...args: string[]): Promise<string> =>
    kubectl.ok(inNamespace("apply", "-f", "-", ...args), { input: manifest });

  test("api-resources, api-versions and version know the server", async () => {
    const resources = await kubectl.ok(["api-resources"]);
    expect(resources).toMatch(/^volumes +vol +storage\.freehold\.dev\/v1alpha1 +true +Volume$/m);
    expect(resources).toMatch(/^namespaces +ns +v1 +false +Namespace$/m);
    expect((await kubectl.ok(["api-versions"])).split("\n")).toContain("package.freehold.dev/v1alpha1");
    expect(await kubectl.ok(["version"])).toContain("Server Version: v1.33.0+freehold");
  });

  test("apply creates, changes and leaves unchanged", async () => {
    expect(await apply(volume("applied"))).toBe(`volume.storage.freehold.dev/applied created\n`);
    expect(await apply(volume("applied", { spec: { size: "2Gi" } }))).toBe(
      "volume.storage.freehold.dev/applied configured\n",
    );
    expect(await apply(volume("applied", { spec: { size: "2Gi" } }))).toBe(
      "volume.storage.freehold.dev/applied unchanged\n",
    );
    expect(await ok("get", volumes, "applied", "-o", "jsonpath={.spec.size} {.metadata.generation}")).toBe(
      "2Gi 2",
    );
  });

  test("get prints tables, wide, json, yaml, names and jsonpath", async () => {
    await apply(volume("printed"));
    expect(await ok("get", "vol", "printed")).toMatch(
      /^NAME +RETAIN +PATH +READY +AGE\nprinted +true +\d+s\n$/,
    );
    expect(await ok("get", "vol", "printed", "-o", "wide")).toContain("printed");
    expect(await ok("get", "vol", "printed", "-o", "name")).toBe("volume.storage.freehold.dev/printed\n");
    expect(JSON.parse(await ok("get", "vol", "printed", "-o", "json"))).toMatchObject({
      apiVersion: "storage.freehold.dev/v1alpha1",
      kind: "Volume",
      metadata: { name: "printed", namespace, generation: 1 },
      spec: { machine: "m1", size: "1Gi", retain: true },
    });
    expect(await ok("get", "vol", "printed", "-o", "yaml")).toContain("machine: m1");
    expect(await ok("get", "vol", "printed", "--show-labels")).toContain("<none>");
    expect(await ok("get", "vol", "--sort-by", ".metadata.name")).toContain("printed");
  });

  test("get selects by label and field over all namespaces, in chunks", async () => {
    for (const name of ["chunk-a", "chunk-b", "chunk-c"]) {
      await apply(volume(name, { metadata: { labels: { chunk: binary } } }));
    }
    const all = await kubectl.ok([
      "get",
      "vol",
      "-A",
      "-l",
      `chunk=${binary}`,
      "--chunk-size=1",
      "-o",
      "name",
    ]);
    expect(all.split("\n").filter(Boolean)).toHaveLength(3);
    const one = await kubectl.ok([
      "get",
      "vol",
      "-A",
      "--field-selector",
      `metadata.name=chunk-b,metadata.namespace=${namespace}`,
    ]);
    expect(one.trim().split("\n")).toHaveLength(2);
    expect(one).toMatch(new RegExp(`^${namespace} +chunk-b`, "m"));
    expect((await kubectl.run(inNamespace("get", "vol", "--field-selector", "spec.size=1Gi"))).err).toContain(
      "field label not supported: spec.size",
    );
  });

  test("get -w follows changes", async () => {
    await apply(volume("watched"));
    const watching = kubectl.start(inNamespace("get", "vol", "watched", "-w", "-o", "name"));
    const lines = createInterface(watching.stdout)[Symbol.asyncIterator]();
    expect((await lines.next()).value).toBe("volume.storage.freehold.dev/watched");
    await ok("label", "vol", "watched", "seen=yes");
    expect((await lines.next()).value).toBe("volume.storage.freehold.dev/watched");
    watching.kill();
  });

  test("explain tells fields, also recursively", async () => {
    const volumeText = await kubectl.ok(["explain", "volume"]);
    expect(volumeText).toContain("A folder of data that outlives what uses it.");
    const spec = await kubectl.ok(["explain", "volume.spec.machine"]);
    expect(spec).toContain("The machine that keeps it.");
    const recursive = await kubectl.ok(["explain", "volume", "--recursive"]);
    expect(recursive).toMatch(/lastTransitionTime\s+<string>/);
    expect(recursive).toMatch(/ownerReferences\s+<\[\]OwnerReference>/);
  });

  test("describe shows the object and its events", async () => {
    await apply(volume("described"));
    const uid = await ok("get", "vol", "described", "-o", "jsonpath={.metadata.uid}");
    await kubectl.ok(inNamespace("create", "-f", "-"), { input: event(namespace, "described", uid) });
    const text = await ok("describe", "vol", "described");
    expect(text).toMatch(/^Name: +described$/m);
    expect(text).toMatch(/Normal +DriftRepaired .*repaired/);
    expect(await ok("events", "--for", "volume/described")).toContain("DriftRepaired");
    expect(await ok("get", "events")).toMatch(/^LAST SEEN +TYPE +REASON +OBJECT +MESSAGE$/m);
    expect(await ok("get", "events")).toContain("volume/described");
  });

  test("diff tells a change and nothing for none", async () => {
    await apply(volume("diffed"));
    expect((await kubectl.run(inNamespace("diff", "-f", "-"), { input: volume("diffed") })).code).toBe(0);
    const changed = await kubectl.run(inNamespace("diff", "-f", "-"), {
      input: volume("diffed", { spec: { size: "3Gi" } }),
    });
    expect(changed.code).toBe(1);
    expect(changed.out).toContain("+  size: 3Gi");
  });

  test("edit writes what the editor left", async () => {
    await apply(volume("edited"));
    const editor = join(folder, "editor.sh");
    await writeFile(editor, '#!/bin/sh\nsed -i "s/size: 1Gi/size: 5Gi/" "$1"\n');
    await chmod(editor, 0o755);
    expect(await kubectl.ok(inNamespace("edit", "vol", "edited"), { env: { EDITOR: editor } })).toContain(
      "edited",
    );
    expect(await ok("get", "vol", "edited", "-o", "jsonpath={.spec.size}")).toBe("5Gi");
  });

  test("patch merges, applies operations and reaches the status", async () => {
    await apply(volume("patched"));
    await ok("patch", "vol", "patched", "--type=merge", "-p", '{"spec":{"size":"4Gi"}}');
    await ok(
      "patch",
      "vol",
      "patched",
      "--type=json",
      "-p",
      '[{"op":"replace","path":"/spec/size","value":"6Gi"}]',
    );
    await ok(
      "patch",
      "vol",
      "patched",
      "--type=merge",
      "--subresource=status",
      "-p",
      '{"status":{"path":"/data"}}',
    );
    expect(
      await ok("get", "vol", "patched", "-o", "jsonpath={.spec.size} {.status.path} {.metadata.generation}"),
    ).toBe("6Gi /data 3");
    const immutable = await kubectl.run(
      inNamespace("patch", "vol", "patched", "--type=merge", "-p", '{"spec":{"machine":"m2"}}'),
    );
    expect(immutable.err).toContain(
      'The Volume "patched" is invalid: spec.machine: Invalid value: "m2": field is immutable',
    );
    expect((await kubectl.run(inNamespace("patch", "vol", "patched", "-p", "{}"))).err).toContain(
      "is not supported by storage.freehold.dev/v1alpha1, Kind=Volume",
    );
  });

  test("label and annotate set and remove", async () => {
    await apply(volume("marked"));
    await ok("label", "vol", "marked", "tier=gold");
    await ok("annotate", "vol", "marked", "example.com/note=hello");
    expect(
      await ok(
        "get",
        "vol",
        "marked",
        "-o",
        "jsonpath={.metadata.labels.tier} {.metadata.annotations.example\\.com/note}",
      ),
    ).toBe("gold hello");
    await ok("label", "vol", "marked", "tier-");
    expect(await ok("get", "vol", "marked", "-o", "jsonpath={.metadata.labels}")).toBe("");
  });

  test("replace and create --dry-run=server", async () => {
    const dry = await kubectl.ok(inNamespace("create", "--dry-run=server", "-f", "-", "-o", "yaml"), {
      input: volume("dry"),
    });
    expect(dry).toContain("retain: true");
    expect((await kubectl.run(inNamespace("get", "vol", "dry"))).err).toContain(
      'volumes.storage.freehold.dev "dry" not found',
    );
    await apply(volume("replaced"));
    await kubectl.ok(inNamespace("replace", "-f", "-"), {
      input: volume("replaced", { spec: { size: "9Gi" } }),
    });
    expect(await ok("get", "vol", "replaced", "-o", "jsonpath={.spec.size}")).toBe("9Gi");
  });

  test("unknown fields are refused by name", async () => {
    const { code, err } = await kubectl.run(inNamespace("create", "-f", "-"), {
      input: volume("odd", { spec: { colour: "red" } }),
    });
    expect(code).toBe(1);
    expect(err).toContain('strict decoding error: unknown field "spec.colour"');
  });

  test("wait sees conditions, values and deletion; delete waits for finalizers", async () => {
    await apply(volume("waited", { metadata: { finalizers: ["example.com/hold"] } }));
    const ready = ok("wait", "vol/waited", "--for=condition=Ready", "--timeout=20s");
    const valued = ok("wait", "vol/waited", "--for=jsonpath={.status.path}=/here", "--timeout=20s");
    const condition = {
      type: "Ready",
      status: "True",
      reason: "Ready",
      message: "It is there",
      observedGeneration: 1,
      lastTransitionTime: "2026-01-01T00:00:00Z",
    };
    await ok(
      "patch",
      "vol",
      "waited",
      "--type=merge",
      "--subresource=status",
      "-p",
      JSON.stringify({ status: { path: "/here", conditions: [condition] } }),
    );
    expect(await ready).toContain("condition met");
    expect(await valued).toContain("condition met");
    const gone = ok("wait", "vol/waited", "--for=delete", "--timeout=20s");
    const deleted = ok("delete", "vol", "waited");
    await ok(
      "wait",
      "vol/waited",
      "--for=jsonpath={.metadata.deletionGracePeriodSeconds}=0",
      "--timeout=20s",
    );
    await ok("patch", "vol", "waited", "--type=merge", "-p", '{"metadata":{"finalizers":null}}');
    expect(await deleted).toContain('"waited" deleted');
    await gone;
  });

  test("typed commands create built-in kinds and ask who and whether", async () => {
    expect(await ok("create", "configmap", "typed", "--from-literal=a=b")).toBe("configmap/typed created\n");
    expect(await ok("create", "secret", "generic", "typed", "--from-literal=a=b")).toBe(
      "secret/typed created\n",
    );
    expect(await ok("get", "configmap/typed", "secret/typed", "-o", "jsonpath={.items[*].data.a}")).toBe(
      "b Yg==",
    );
    expect(await kubectl.ok(["create", "namespace", `${namespace}-typed`])).toContain("created");
    await kubectl.ok(["delete", "namespace", `${namespace}-typed`]);
    expect(await kubectl.ok(["auth", "whoami", "-o", "jsonpath={.status.userInfo.username}"])).toBe("admin");
    expect(await ok("auth", "can-i", "create", "volumes.storage.freehold.dev")).toBe("yes\n");
    expect((await kubectl.run(["auth", "can-i", "create", "archives.package.freehold.dev"])).out).toMatch(
      /^no/,
    );
  });

  test("auth can-i --list shows what is allowed", async () => {
    const rules = await ok("auth", "can-i", "--list");
    expect(rules).toMatch(/^\*\.\* .*\[\*\]$/m);
  });

  test("derived kinds are refused to people", async () => {
    const manifest = JSON.stringify({
      apiVersion: "package.freehold.dev/v1alpha1",
      kind: "Archive",
      metadata: { name: `no-${namespace}` },
      spec: { machine: "m1" },
    });
    const { code, err } = await kubectl.run(["create", "-f", "-"], { input: manifest });
    expect(code).toBe(1);
    expect(err).toContain("Archive is derived");
  });

  test("deleting a namespace deletes what is in it", async () => {
    const inner = `${namespace}-inner`;
    await kubectl.ok(["create", "-f", "-"], {
      input: JSON.stringify({ apiVersion: "v1", kind: "Namespace", metadata: { name: inner } }),
    });
    await kubectl.ok(["apply", "-n", inner, "-f", "-"], { input: volume("inside") });
    await kubectl.ok(["delete", "namespace", inner]);
    expect((await kubectl.run(["get", "vol", "-n", inner, "-o", "name"])).out).toBe("");
  });
});

function event(namespace: string, name: string, uid: string): string {
  const now = new Date().toISOString();
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Event",
    metadata: { generateName: `${name}.`, namespace },
    involvedObject: { apiVersion: "storage.freehold.dev/v1alpha1", kind: "Volume", namespace, name, uid },
    reason: "DriftRepaired",
    message: "It was repaired",
    type: "Normal",
    count: 1,
    firstTimestamp: now,
    lastTimestamp: now,
    source: { component: "storage.volume" },
  });
}

import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type ApiServer, startApiServer } from "@freehold/apiserver";
import { MemoryBackend } from "@freehold/store";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { bigDefinition, bigObject, cronTabDefinition } from "./definitions.ts";
import { Kubectl, kubectlBinaries } from "./kubectl-run.ts";

const binaries = await kubectlBinaries();

let folder: string;
let server: ApiServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "freehold-crd-"));
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
  let kubectl: Kubectl;

  const cronTab = (name: string, spec: object): string =>
    JSON.stringify({ apiVersion: "stable.example.com/v1", kind: "CronTab", metadata: { name }, spec });
  const create = (spec: object) => kubectl.run(["create", "-f", "-"], { input: cronTab("bad", spec) });

  beforeAll(async () => {
    const cacheDir = join(folder, `cache-${binary}`);
    kubectl = new Kubectl({ binary: path, kubeconfig: join(folder, "admin.kubeconfig"), cacheDir });
    expect(await kubectl.ok(["apply", "-f", "-"], { input: cronTabDefinition })).toContain("created");
    const wait = [
      "wait",
      "--for",
      "condition=established",
      "--timeout=10s",
      "crd/crontabs.stable.example.com",
    ];
    expect(await kubectl.ok(wait)).toContain("condition met");
  });

  afterAll(async () => {
    await kubectl.ok(["delete", "crd", "crontabs.stable.example.com", "--timeout=20s"]);
    const { code, err } = await kubectl.run(["get", "crontabs"]);
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(
        /the server (could not find the requested resource|doesn't have a resource type)/,
      ),
    ]);
  });

  test("apply, get and explain know the kind", async () => {
    const input = cronTab("one", { cronSpec: "* * * * */5", image: "img", containers: [{ name: "a" }] });
    expect(await kubectl.ok(["apply", "-f", "-"], { input })).toContain(
      "crontab.stable.example.com/one created",
    );
    expect(await kubectl.ok(["apply", "-f", "-"], { input })).toContain("unchanged");
    expect(await kubectl.ok(["get", "ct"])).toMatch(
      /^NAME +SPEC +REPLICAS +AGE\none +\* \* \* \* \*\/5 +1 +\d+s\n$/,
    );
    expect(await kubectl.ok(["get", "ct", "-o", "wide"])).toContain("IMAGE");
    expect(await kubectl.ok(["get", "all"])).toContain("crontab.stable.example.com/one");
    expect(await kubectl.ok(["explain", "crontab.spec.containers.name"])).toMatch(
      /FIELD: +name <string>[^]*Name of the container/,
    );
    expect(await kubectl.ok(["explain", "crontabs", "--recursive"])).toContain("cronSpec");
    expect(await kubectl.ok(["api-resources", "--api-group=stable.example.com"])).toMatch(
      /crontabs +ct +stable.example.com\/v1 +true +CronTab/,
    );
    expect(await kubectl.ok(["get", "ct", "--field-selector", "spec.image=img", "-o", "name"])).toContain(
      "one",
    );
  });

  test("what breaks the schema is told as Kubernetes tells it", async () => {
    expect((await create({ cronSpec: "x", image: 1, replicas: 11 })).err.trim()).toBe(
      [
        'The CronTab "bad" is invalid: ',
        `* spec.cronSpec: Invalid value: "x": spec.cronSpec in body should match '^(\\d+|\\*)(/\\d+)?(\\s+(\\d+|\\*)(/\\d+)?){4}$'`,
        '* spec.image: Invalid value: "integer": spec.image in body must be of type string: "integer"',
        "* spec.replicas: Invalid value: 11: spec.replicas in body should be less than or equal to 10",
        '* <nil>: Invalid value: "null": some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
      ].join("\n"),
    );
    expect((await create({ image: "img", odd: 1, containers: [{ name: "a", odd: 2 }] })).err).toContain(
      'strict decoding error: unknown field "spec.containers[0].odd", unknown field "spec.odd"',
    );
    expect((await create({ image: "img", replicas: 1, most: 0 })).err.trim()).toBe(
      'The CronTab "bad" is invalid: spec: Invalid value: "object": replicas must not be more than most',
    );
    const { err } = await kubectl.run(["create", "--validate=warn", "--dry-run=server", "-f", "-"], {
      input: cronTab("bad", { image: "img", odd: 1 }),
    });
    expect(err).toContain('Warning: unknown field "spec.odd"');
  });

  test("patch, scale, edit and status", async () => {
    await kubectl.ok(["create", "-f", "-"], { input: cronTab("two", { image: "img" }) });
    const read = (jsonpath: string) => kubectl.ok(["get", "ct", "two", "-o", `jsonpath=${jsonpath}`]);
    await kubectl.ok(["patch", "ct", "two", "--type=merge", "-p", '{"spec":{"image":"other"}}']);
    await kubectl.ok([
      "patch",
      "ct",
      "two",
      "--type=json",
      "-p",
      '[{"op":"add","path":"/spec/containers","value":[{"name":"x"}]}]',
    ]);
    await kubectl.ok(["scale", "ct", "two", "--replicas=5"]);
    expect(await read("{.spec.image} {.spec.containers[0].name} {.spec.replicas}")).toBe("other x 5");
    await kubectl.ok([
      "patch",
      "ct",
      "two",
      "--subresource=status",
      "--type=merge",
      "-p",
      '{"status":{"phase":"Up"}}',
    ]);
    const editor = join(folder, "editor.sh");
    await writeFile(editor, '#!/bin/sh\nsed -i "s/image: other/image: edited/" "$1"\n');
    await chmod(editor, 0o755);
    await kubectl.ok(["edit", "ct", "two"], { env: { KUBE_EDITOR: editor } });
    expect(await read("{.spec.image} {.status.phase}")).toBe("edited Up");
    await kubectl.ok(["label", "ct", "two", "a=b"]);
    expect(await kubectl.ok(["get", "ct", "-l", "a=b", "-o", "name"])).toContain("two");
    const { err } = await kubectl.run(["patch", "ct", "two", "-p", "{}"]);
    expect(err).toContain("media type");
  });

  test("server-side apply merges lists by their keys", async () => {
    const applyAs = (manager: string, containers: readonly object[]) =>
      kubectl.run(["apply", "--server-side", "--field-manager", manager, "-f", "-"], {
        input: cronTab("three", { image: "img", containers }),
      });
    expect((await applyAs("a", [{ name: "x", command: "1" }])).out).toContain("serverside-applied");
    expect((await applyAs("b", [{ name: "y" }])).code).toBe(0);
    const both = await kubectl.ok(["get", "ct", "three", "-o", "jsonpath={.spec.containers[*].name}"]);
    expect(both).toBe("x y");
    const conflict = await applyAs("b", [{ name: "x", command: "2" }]);
    expect(conflict.err).toContain('conflict with "a": .spec.containers[name="x"].command');
  });

  test("a definition as large as real ones", async () => {
    expect(await kubectl.ok(["apply", "--server-side", "-f", "-"], { input: bigDefinition })).toContain(
      "applied",
    );
    await kubectl.ok([
      "wait",
      "--for",
      "condition=established",
      "--timeout=10s",
      "crd/bigs.stable.example.com",
    ]);
    expect(await kubectl.ok(["apply", "-f", "-"], { input: bigObject })).toContain("created");
    expect(await kubectl.ok(["explain", "big.spec.section7.field42"])).toContain("Field 42 of section 7");
    await kubectl.ok(["delete", "crd", "bigs.stable.example.com"]);
  });
});

import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { configMap, volume } from "./manifests.ts";
import { build, run, ServerRun } from "./run-server.ts";

let server: ServerRun;

beforeAll(async () => {
  build();
  server = await ServerRun.start();
}, 120_000);

afterAll(() => server.stop());

describe("exit codes and what is said", () => {
  const unreachable = ["--server", "https://127.0.0.1:1", "get", "pkg"];
  test.each([
    [["get"], 2, "error: missing required argument 'kind'"],
    [["gte"], 2, "(Did you mean get?)"],
    [["get", "vol", "--frob"], 2, "error: unknown option '--frob'"],
    [
      ["get", "vol", "-o", "toml"],
      2,
      'Cannot print as "toml": wanted wide, json, yaml, name or jsonpath=TEMPLATE',
    ],
    [["wait", "vol", "--all", "--for", "luck"], 2, "next: for example --for condition=Ready"],
    [
      ["get", "pakages"],
      3,
      'error: the server doesn\'t have a resource type "pakages"\nnext: did you mean "packages"',
    ],
    [
      ["get", "vol", "nope"],
      3,
      'Error from server (NotFound): volumes.storage.freehold.dev "nope" not found',
    ],
    [["delete", "vol", "nope"], 3, '"nope" not found'],
    [["apply", "-f", "/nowhere.yaml"], 3, 'Cannot read "/nowhere.yaml": there is no such file or directory'],
    [["explain", "pkg.spek"], 3, 'field "spek" does not exist in package\nnext: did you mean package.spec?'],
    [["get", "vol", "--token", "nonsense"], 5, "Error from server (Unauthorized)"],
    [unreachable, 6, "error: Cannot reach the API at https://127.0.0.1:1: connect ECONNREFUSED"],
    [["get", "vol", "--kubeconfig", "/nowhere"], 6, 'error: Cannot use "/nowhere": ENOENT'],
    [["s9pk", "inspect", "/nowhere.s9pk"], 3, 'Cannot open "/nowhere.s9pk": there is no such file'],
    [["s9pk", "pack", "/", "--key", "/nowhere.pem"], 1, "next: freehold s9pk keygen /nowhere.pem makes one"],
    [["logs", "web", "--data", "/nowhere"], 3, "next: run it on the machine the package runs on"],
  ])("%j ends with %i", async (args, code, said) => {
    const ran = await server.freehold(args);
    expect({ code: ran.code, out: ran.out }).toEqual({ code, out: "" });
    expect(ran.err).toContain(said);
  });

  test("help tells the exit codes", async () => {
    const { code, out } = await server.freehold(["--help"]);
    expect(code).toBe(0);
    expect(out).toContain("4 timed out waiting");
  });

  test("a reader that goes away is no failure", async () => {
    const script = `"$0" get ns -o yaml | true; echo "\${PIPESTATUS[0]}"`;
    const file = join(import.meta.dirname, "../../bin/freehold");
    const { out, err } = await run("bash", ["-c", script, file], { env: { KUBECONFIG: server.kubeconfig } });
    expect([out, err]).toEqual(["0\n", ""]);
  });
});

describe("apply", () => {
  test("creates, configures, leaves alone, and goes on after a failure", async () => {
    const input = `${volume("1Gi")}---\napiVersion: v2\nkind: Volume\nmetadata: { name: x }\n---\n${configMap}`;
    const ran = await server.freehold(["apply", "-n", "default", "-f", "-"], { input });
    expect(ran.code).toBe(3);
    expect(ran.out).toBe("volume.storage.freehold.dev/one created\nconfigmap/cm created\n");
    expect(ran.err).toContain("error: Cannot use standard input document 2 (line 9): no matches for kind");
    expect(ran.err).toContain("next: there is Volume in storage.freehold.dev/v1alpha1");
    const again = await server.freehold(["apply", "-f", "-"], { input: volume("2Gi") });
    expect(again.out).toBe("volume.storage.freehold.dev/one configured\n");
  });

  test("changes nothing in a dry run", async () => {
    for (const where of ["client", "server"]) {
      const ran = await server.freehold(["apply", "-f", "-", `--dry-run=${where}`], { input: volume("3Gi") });
      expect(ran.out).toMatch(/^volume\S+ configured \((server )?dry run\)\n$/);
    }
    expect((await server.freehold(["get", "vol", "one", "-o", "jsonpath={.spec.size}"])).out).toBe("2Gi");
  });

  test("names the field that is wrong", async () => {
    const ran = await server.freehold(["apply", "-f", "-"], { input: volume("much") });
    expect(ran.code).toBe(1);
    expect(ran.err).toContain("spec.size");
    expect(ran.err).toContain("must be a quantity such as 512Mi");
  });

  test("reads directories, with -R what is below them too", async () => {
    const folder = join(server.folder, "manifests");
    mkdirSync(join(folder, "inner"), { recursive: true });
    writeFileSync(join(folder, "a.yaml"), configMap.replace("name: cm", "name: first"));
    writeFileSync(
      join(folder, "inner/b.json"),
      JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "second" } }),
    );
    writeFileSync(join(folder, "readme.txt"), "not this");
    expect((await server.freehold(["apply", "-f", folder])).out).toBe("configmap/first created\n");
    expect((await server.freehold(["apply", "-R", "-f", folder])).out).toBe(
      "configmap/first unchanged\nconfigmap/second created\n",
    );
    expect((await server.freehold(["delete", "-R", "-f", folder])).code).toBe(0);
  });

  test("--wait ends with 4 when the time is up, and says what is missing", async () => {
    const ran = await server.freehold(["apply", "-f", "-", "--wait", "--timeout", "1s"], {
      input: volume("2Gi"),
    });
    expect(ran.code).toBe(4);
    expect(ran.err).toContain(
      "timed out after 1 s waiting for condition Ready=True\n  volume.storage.freehold.dev/one: ",
    );
  });
});

test("get -w goes on with changes, and Ctrl-C ends it", async () => {
  const watch = server.start(["get", "cm", "-w", "--no-headers"]);
  const seen: string[] = [];
  const ended = new Promise((resolve) => watch.once("exit", resolve));
  if (!watch.stdout) throw new Error("Cannot read the watch: it has no output");
  for await (const line of createInterface({ input: watch.stdout })) {
    seen.push(line.split(/ +/)[0] ?? "");
    if (seen.length === 1) {
      await server.freehold(["apply", "-f", "-"], { input: configMap.replace("name: cm", "name: later") });
    }
    if (seen.at(-1) === "later") watch.kill("SIGINT");
  }
  expect([seen.at(-1), await ended]).toEqual(["later", 130]);
});

test("wait sees what happens while it waits", async () => {
  await server.freehold(["apply", "-f", "-"], { input: configMap });
  const gone = server.freehold(["wait", "cm", "cm", "--for", "delete", "--timeout", "20s"]);
  const changed = server.freehold([
    "wait",
    "vol",
    "one",
    "--for",
    "jsonpath={.spec.size}=5Gi",
    "--timeout",
    "20s",
  ]);
  expect((await server.freehold(["delete", "cm", "cm"])).out).toBe('configmap "cm" deleted\n');
  await server.freehold(["apply", "-f", "-"], { input: volume("5Gi") });
  expect((await gone).out).toBe("configmap/cm deleted\n");
  expect((await changed).out).toBe("volume.storage.freehold.dev/one condition met\n");
});

test("describe tells reasons with what to do", async () => {
  const input = `apiVersion: package.freehold.dev/v1alpha1
kind: Package
metadata: { name: web }
spec: { source: { file: /nowhere.s9pk } }
`;
  await server.freehold(["apply", "-f", "-"], { input });
  const goal = ["--for", "jsonpath={.status.conditions[0].reason}=NoMachine"];
  expect((await server.freehold(["wait", "pkg", "web", ...goal, "--timeout", "20s"])).code).toBe(0);
  const { out } = await server.freehold(["describe", "pkg", "web"]);
  expect(out).toContain("File:  /nowhere.s9pk");
  expect(out).toContain("Ready=False  NoMachine");
  expect(out).toContain("Next:   Start an agent.");
  expect(out).toContain("Events:");
  expect((await server.freehold(["stop", "web"])).out).toBe(
    "package.package.freehold.dev/web to be stopped\n",
  );
  expect((await server.freehold(["get", "pkg", "web", "-o", "jsonpath={.spec.running}"])).out).toBe("false");
});

test("keygen, config, version, api-resources, inspect", async () => {
  const key = join(server.folder, "key.pem");
  expect((await server.freehold(["s9pk", "keygen", key])).out).toMatch(/^[0-9a-f]{64}\n$/);
  expect((await server.freehold(["s9pk", "keygen", key])).err).toContain(`Cannot write "${key}": it exists`);
  chmodSync(key, 0o600);
  expect((await server.freehold(["config", "current-context"])).out).toBe("freehold\n");
  const view = await server.freehold(["config", "view"]);
  expect(view.out).toContain("client-key-data: REDACTED");
  expect((await server.freehold(["version"])).out).toMatch(/^Client Version: .+\nServer Version: v.+\n$/);
  expect((await server.freehold(["api-resources", "-o", "name"])).out).toContain(
    "packages.package.freehold.dev\n",
  );
  expect((await server.freehold(["inspect", "graph"])).out).toMatch(/^digraph freehold/);
});

test("s9pk inspects, verifies and reads a golden archive", async () => {
  const file = join(import.meta.dirname, "../../sdk/s9pk/testing/golden/proof.s9pk");
  const shown = await server.freehold(["s9pk", "inspect", file]);
  expect(shown.err + shown.out).toContain("manifest.json");
  expect((await server.freehold(["s9pk", "verify", file])).out).toContain(": verified, signed by ");
  const manifest = await server.freehold(["s9pk", "cat", file, "manifest.json"]);
  expect(JSON.parse(manifest.out)).toHaveProperty("id");
  expect((await server.freehold(["s9pk", "cat", file, "nothing"])).code).toBe(3);
});

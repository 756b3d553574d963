import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { Kubectl, kubectlBinaries, oldKubectlBinaries } from "../interop/kubectl-run.ts";
import { configMap, volume } from "./manifests.ts";
import { build, ServerRun } from "./run-server.ts";

const binary = (await kubectlBinaries()).find(({ name }) => name === "kubectl.1.31" || name === "kubectl");

let server: ServerRun;
let kubectl: Kubectl;

beforeAll(async () => {
  build();
  server = await ServerRun.start();
  kubectl = new Kubectl({
    binary: binary?.path ?? "kubectl",
    kubeconfig: server.kubeconfig,
    cacheDir: join(server.folder, "kubectl-cache"),
  });
  const { code, err } = await server.freehold(["apply", "-f", "-"], {
    input: `${volume("1Gi")}---\n${configMap}`,
  });
  expect([code, err]).toEqual([0, ""]);
}, 120_000);

afterAll(() => server.stop());

test("a kubectl is there to compare with, or an old one, which prints other things", async () => {
  expect(binary ?? (await oldKubectlBinaries())[0]).toBeDefined();
});

/** Ages move between two commands. */
const steady = (text: string): string =>
  text.replaceAll(/\b\d+[smh](\d+[sm])?\b/g, "AGE").replaceAll(/AGE +/g, "AGE ");

describe.runIf(binary)("prints what kubectl prints", () => {
  const lists = [
    "vol",
    "cm cm",
    "vol,cm",
    "ns -A",
    "pkg",
    "volumes/one",
    "cm -l a=b",
    "all",
    "cm -A",
    "vol --show-labels",
  ];
  const formats = ["", "wide", "yaml", "json", "name"];
  const looks = lists.flatMap((list) =>
    formats
      .filter((format) => !(list.includes("--show-labels") && !["", "wide"].includes(format)))
      .map((format) => `get ${list}${format === "" ? "" : ` -o ${format}`}`),
  );
  const kinds = [
    "pkg",
    "pkg.spec",
    "pkg.status",
    "pkg.status.conditions",
    "pkg.metadata",
    "cm",
    "containers.spec",
    "vol.spec.size",
  ];
  const explained = kinds.flatMap((kind) => [`explain ${kind}`, `explain ${kind} --recursive`]);
  test.each([
    ...looks,
    ...explained,
    "get vol one -o jsonpath={.spec.size}",
    "get vol,cm -o jsonpath={range.items[*]}{.kind}={.metadata.name};{end}"
      .replace("range.", "range .")
      .replaceAll(" .items", "\u00a0.items"),
    "get cm --no-headers",
  ])("%s", async (line) => {
    const args = line.split(" ").map((word) => word.replaceAll("\u00a0", " "));
    const [ours, theirs] = await Promise.all([server.freehold(args), kubectl.run(args)]);
    expect({ code: ours.code, out: steady(ours.out), err: ours.err }).toEqual({
      code: theirs.code,
      out: steady(theirs.out),
      err: theirs.err,
    });
  });
});

describe.runIf(binary)("goes on where kubectl was, and the other way round", () => {
  test("neither changes what the other applied", async () => {
    const input = `${volume("1Gi")}---\n${configMap}`;
    const unchanged = "volume.storage.freehold.dev/one unchanged\nconfigmap/cm unchanged\n";
    expect(await kubectl.ok(["apply", "-f", "-"], { input })).toBe(unchanged);
    expect((await server.freehold(["apply", "-f", "-"], { input })).out).toBe(unchanged);
  });

  test("shows the same difference", async () => {
    const input = volume("2Gi").replace("a: b", "c: d");
    const [ours, theirs] = [
      await server.freehold(["diff", "-f", "-"], { input }),
      await kubectl.run(["diff", "-f", "-"], { input }),
    ];
    const withoutNames = (text: string): string => text.replaceAll(/^(---|\+\+\+|diff) .*\n/gm, "");
    expect([ours.code, withoutNames(ours.out)]).toEqual([theirs.code, withoutNames(theirs.out)]);
    expect(ours.code).toBe(1);
  });

  test("removes what the other had applied and the manifest has no more", async () => {
    const retained = volume("1Gi", ", retain: false");
    await kubectl.ok(["apply", "-f", "-"], { input: retained });
    const { out } = await server.freehold(["apply", "-f", "-"], { input: volume("1Gi") });
    expect(out).toBe("volume.storage.freehold.dev/one configured\n");
    expect(await kubectl.ok(["get", "vol", "one", "-o", "jsonpath={.spec.retain}"])).toBe("true");
    expect((await server.freehold(["diff", "-f", "-"], { input: volume("1Gi") })).code).toBe(0);
  });
});

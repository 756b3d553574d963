import { expect, test } from "vitest";

import { recordedEffects } from "../testing/recorded-effects.ts";
import { definePackage, type PackageDefinition } from "./define-package.ts";

const definition: PackageDefinition = {
  manifest: {
    id: "sample",
    version: "2.0.0:0",
    title: "Sample",
    license: "MIT",
    description: { short: "a", long: "b" },
    releaseNotes: "first",
    upstreamRepo: "https://example.com",
    volumes: ["main"],
    images: { main: { arch: ["x86_64"] } },
  },
  interfaces: [{ id: "ui", name: "Page", description: "A page", type: "ui", port: 80, protocol: "http" }],
  dependencies: [{ kind: "running", id: "redis", healthChecks: ["primary"], versionRange: "*" }],
  actions: [
    {
      id: "greet",
      metadata: {
        name: "Greet",
        description: "",
        warning: null,
        visibility: "enabled",
        allowedStatuses: "any",
        group: null,
      },
      run: async (_, { name }) => ({
        version: "1",
        title: `Hello ${String(name)}`,
        message: null,
        result: null,
      }),
    },
  ],
  main: async () => [],
};

test("definePackage() init sets the data version and tells interfaces, dependencies and actions, and that there are no others", async () => {
  const { effects, calls } = recordedEffects();
  await definePackage(definition).init({ effects, kind: "install" });
  expect(calls.map(([path]) => path)).toEqual([
    "getDataVersion",
    "setDataVersion",
    "bind",
    "exportServiceInterface",
    "clearBindings",
    "clearServiceInterfaces",
    "setDependencies",
    "action.export",
    "action.clear",
  ]);
  expect(calls.find(([path]) => path === "clearBindings")?.[1]).toEqual({
    except: [{ id: "ui", internalPort: 80 }],
  });
});

test("definePackage() init migrates data of another version, and leaves data of its own alone", async () => {
  const migrated: string[] = [];
  const migrate = async (from: string) => void migrated.push(from);
  for (const stored of ["1.0.0:0", "2.0.0:0", null]) {
    const { effects, calls } = recordedEffects((path) => (path === "getDataVersion" ? stored : null));
    await definePackage({ ...definition, migrate }).init({
      effects,
      kind: stored === null ? "install" : "update",
    });
    const saved = calls.find(([path]) => path === "setDataVersion")?.[1];
    expect(saved).toEqual(stored === "2.0.0:0" ? undefined : { version: "2.0.0:0" });
  }
  expect(migrated).toEqual(["1.0.0:0"]);
});

test("definePackage() uninit forgets the data version at uninstall only", async () => {
  const { effects, calls } = recordedEffects();
  const { uninit } = definePackage(definition);
  await uninit({ effects, target: {} });
  expect(calls).toEqual([]);
  await uninit({ effects, target: null });
  expect(calls).toEqual([["setDataVersion", { version: null }]]);
});

test("definePackage() actions run with their input, and unknown ones are not there", async () => {
  const { effects } = recordedEffects();
  const { actions } = definePackage(definition);
  const result = await actions.get("greet")?.run({ effects, input: { name: "you" } });
  expect([
    result?.title,
    await actions.get("greet")?.getInput({ effects, prefill: null }),
    actions.get("nope"),
  ]).toEqual(["Hello you", null, undefined]);
});

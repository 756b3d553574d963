import { describe, expect, it } from "vitest";

import {
  isForTests,
  packageJson,
  packageOf,
  packages,
  resolved,
  type SourceFile,
  sourceFiles,
} from "./source-files.ts";

/** Who may import whom (architecture, section 2). `image` and `test` may import everything. */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  apis: [],
  native: [],
  "reconciler/store": ["apis"],
  "reconciler/engine": ["apis", "reconciler/store"],
  "reconciler/apiserver": ["apis", "reconciler/store", "reconciler/engine"],
  "agent/ports": [],
  "agent/host": ["native", "agent/ports", "sdk/s9pk"],
  "agent/fake": ["agent/ports"],
  controllers: ["apis", "reconciler/engine", "agent/ports", "sdk/s9pk"],
  // The client is a ResourceStore, whose interface the store holds.
  "sdk/client": ["apis", "reconciler/store"],
  "sdk/s9pk": ["apis"],
  "sdk/package": ["apis"],
  "sdk/cli": ["apis", "sdk/client", "sdk/s9pk"],
  runtime: ["apis", "sdk/client", "sdk/package"],
  web: ["apis", "sdk/client", "sdk/s9pk"],
};

/** What makes a store or a machine; only the composition root may. */
const CONSTRUCTORS = /\bnew (?:\w+Backend|FakeHost)\(|\b(?:EmbeddedBackend\.open|createLinuxHost)\(/g;

const files = sourceFiles();
const folders = packages();
const folderOf = new Map([...folders].map(([folder, name]) => [name, folder]));

/** `[package folder, door]` of an import of one of ours: `["apis", "./core"]`. */
function ours(from: string): readonly [string, string] | undefined {
  for (const [name, folder] of folderOf) {
    if (from === name) return [folder, "."];
    if (from.startsWith(`${name}/`)) return [folder, `.${from.slice(name.length)}`];
  }
  return undefined;
}

function violations(check: (file: SourceFile, from: string) => boolean): readonly string[] {
  return files.flatMap((file) =>
    file.imports.filter(({ from }) => check(file, from)).map(({ from }) => `${file.path} → ${from}`),
  );
}

describe("layers", () => {
  it("sees the sources it judges", () => {
    expect(files.length).toBeGreaterThan(300);
    expect(files.flatMap(({ imports }) => imports).length).toBeGreaterThan(1000);
    const ruled = [...folders.keys()].filter((folder) => folder !== "image" && folder !== "test");
    expect(Object.keys(LAYERS).toSorted()).toEqual(ruled.toSorted());
  });

  it("a package imports only those the architecture lets it", () => {
    const found = violations(({ path }, from) => {
      const own = packageOf(path);
      const target = ours(from)?.[0];
      if (!own || !target || own === target || isForTests(path) || !(own in LAYERS)) return false;
      return !LAYERS[own]?.includes(target);
    });
    expect(found).toEqual([]);
  });

  it("the store and the engine are imported for their interfaces only, where the table says so", () => {
    const STORE_VALUES = new Set(["isStoreError", "StoreError"]);
    const found = files
      .filter(({ path }) => /^(reconciler\/(engine|apiserver)|sdk\/client)\//.test(path) && !isForTests(path))
      .flatMap(({ path, text }) =>
        [...text.matchAll(/^import (type )?\{([^}]*)\} from "@freehold\/store";$/gm)].flatMap(
          ([, type, names]) =>
            (names ?? "")
              .split(",")
              .map((name) => name.trim())
              .filter((name) => name !== "" && type === undefined && !name.startsWith("type "))
              .filter((name) => !STORE_VALUES.has(name))
              .map((name) => `${path} → ${name}`),
        ),
      );
    expect(found).toEqual([]);
  });

  it("a package is entered by its doors only, and never by a path into its folder", () => {
    const found = violations(({ path }, from) => {
      const place = from.startsWith(".") ? packageOf(resolved(path, from)) : undefined;
      if (place !== undefined) return place !== packageOf(path);
      const entry = ours(from);
      return entry !== undefined && packageJson(entry[0]).exports?.[entry[1]] === undefined;
    });
    expect(found).toEqual([]);
  });

  it("no package imports itself by its name", () => {
    expect(
      violations(({ path }, from) => ours(from)?.[0] === packageOf(path) && ours(from) !== undefined),
    ).toEqual([]);
  });

  it("only agent/host and tests import native", () => {
    const found = violations(
      ({ path }, from) =>
        ours(from)?.[0] === "native" && !path.startsWith("agent/host/") && !isForTests(path),
    );
    expect(found).toEqual([]);
  });

  it("controllers of one group meet those of another in resources only", () => {
    const found = violations(({ path }, from) => {
      const [, own] = /^controllers\/(\w+)\//.exec(path) ?? [];
      if (own === undefined || isForTests(path) || !from.startsWith(".")) return false;
      const [, other] = /^controllers\/(\w+)\//.exec(resolved(path, from)) ?? [];
      return other !== own;
    });
    // Arithmetic of addresses, which knows nothing of controllers.
    expect(found.filter((line) => !line.endsWith("/network/subnet.ts"))).toEqual([]);
  });

  it("only the API server uses decorators, and the web UI, which is Angular's", () => {
    const found = files
      .filter(({ path }) => !path.startsWith("reconciler/apiserver/") && !path.startsWith("web/"))
      .filter(({ text }) => /^\s*@[A-Z]\w*\(/m.test(text))
      .map(({ path }) => path);
    expect(found).toEqual([]);
  });

  it("only the composition root and tests make a store or a machine", () => {
    const found = files
      .filter(({ path }) => !path.startsWith("image/daemon/") && !isForTests(path))
      // A package may of course build on its own classes.
      .filter(({ path }) => !/^(reconciler\/store|agent\/(host|fake))\//.test(path))
      .flatMap(({ path, text }) => [...text.matchAll(CONSTRUCTORS)].map(([call]) => `${path}: ${call}`));
    expect(found).toEqual([]);
  });

  it("no import comes round to where it began; in engine and controllers not even for types", () => {
    expect(cycles()).toEqual([]);
  });
});

const STRICT = /^(reconciler\/engine|controllers)\//;

/** Circles of files of one package, each once, beginning at its first file. */
function cycles(): readonly string[] {
  const edges = new Map(
    files.map(({ path, imports }) => [
      path,
      imports
        .filter(
          ({ from, typeOnly, lazy }) => from.startsWith(".") && !lazy && (!typeOnly || STRICT.test(path)),
        )
        .map(({ from }) => resolved(path, from)),
    ]),
  );
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path);
    if (at >= 0) found.push([...trail.slice(at), path].join(" → "));
    if (at >= 0 || done.has(path)) return;
    for (const next of edges.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of edges.keys()) visit(path, []);
  return found;
}

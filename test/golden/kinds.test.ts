import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { builtInKinds } from "@freehold/apis";
import { commonReasons } from "@freehold/engine";
import { describe, expect, it } from "vitest";

import { sourceFiles } from "../architecture/source-files.ts";

describe("docs/kinds.md", () => {
  it("is what the schemas say (else run docs/generate-kinds.ts)", () => {
    const script = fileURLToPath(new URL("../../docs/generate-kinds.ts", import.meta.url));
    const argv = ["--conditions=@freehold/source", script, "--print"];
    expect(readFileSync(new URL("../../docs/kinds.md", import.meta.url), "utf8")).toBe(
      execFileSync(process.execPath, argv, { encoding: "utf8" }),
    );
  });

  it("knows every reason a controller gives", () => {
    const documented = new Set([
      ...Object.keys(commonReasons),
      ...builtInKinds.flatMap(({ reasons }) => Object.keys(reasons)),
    ]);
    const given = sourceFiles()
      .filter(({ path }) => path.startsWith("controllers/") && !path.includes(".test."))
      .flatMap(({ text }) => [...text.matchAll(/\breason: "(\w+)"/g)].map(([, reason]) => reason ?? ""));
    expect(given.length).toBeGreaterThan(15);
    expect([...new Set(given)].filter((reason) => !documented.has(reason))).toEqual([]);
  });
});

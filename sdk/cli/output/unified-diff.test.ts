import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { editScript } from "./edit-script.ts";
import { unifiedDiff } from "./unified-diff.ts";

const lines = fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 30 });

describe("unifiedDiff()", () => {
  test("prints hunks with three lines of context, joined when they touch", () => {
    const from = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n";
    const to = "1\n2\n3\nfour\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15\n";
    expect(unifiedDiff(from, to, ["LIVE", "MERGED"])).toMatchInlineSnapshot(`
      "--- LIVE
      +++ MERGED
      @@ -1,7 +1,7 @@
       1
       2
       3
      -4
      +four
       5
       6
       7
      @@ -12,3 +12,4 @@
       12
       13
       14
      +15
      "
    `);
  });

  test("prints nothing for the same, and everything for a new text", () => {
    expect(unifiedDiff("a\n", "a\n", ["x", "y"])).toBe("");
    expect(unifiedDiff("", "a\nb\n", ["x", "y"])).toBe("--- x\n+++ y\n@@ -0,0 +1,2 @@\n+a\n+b\n");
  });

  test("is what patch(1) needs to make the one text of the other", () => {
    const folder = mkdtempSync(join(tmpdir(), "freehold-diff-"));
    try {
      const [patch, file] = [join(folder, "patch"), join(folder, "file")];
      fc.assert(
        fc.property(lines, lines, (from, to) => {
          const [before, after] = [from, to].map((list) => list.map((line) => `${line}\n`).join(""));
          fc.pre(before !== after && after !== "" && before !== "");
          writeFileSync(file, before ?? "");
          writeFileSync(patch, unifiedDiff(before ?? "", after ?? "", ["file", "file"]));
          expect(
            execFileSync("git", ["apply", "--unidiff-zero", "-p0", "patch"], { cwd: folder }).length,
          ).toBe(0);
          expect(execFileSync("cat", [file], { encoding: "utf8" })).toBe(after);
        }),
        { numRuns: 20 },
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

test("editScript() leads from the one to the other, and is no longer than needed", () => {
  fc.assert(
    fc.property(lines, lines, (from, to) => {
      const script = editScript(from, to);
      expect(script.filter(({ is }) => is !== "added").map(({ line }) => line)).toEqual(from);
      expect(script.filter(({ is }) => is !== "removed").map(({ line }) => line)).toEqual(to);
      if (from.join() === to.join()) expect(script.every(({ is }) => is === "same")).toBe(true);
    }),
  );
});

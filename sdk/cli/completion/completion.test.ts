import { execFileSync } from "node:child_process";

import { describe, expect, test } from "vitest";

import { commands, globalOptions } from "../commands.ts";
import { bashScript } from "./bash-script.ts";
import { completionTable } from "./completion-table.ts";
import { fishScript } from "./fish-script.ts";
import { zshScript } from "./zsh-script.ts";

const table = completionTable(commands, globalOptions);

/** What bash offers for the last word; `freehold` itself is replaced by a function that answers with two names. */
function offered(...words: readonly string[]): readonly string[] {
  const script = `freehold() { echo "one two"; }\n${bashScript(table)}
COMP_WORDS=(${["freehold", ...words].map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length}
_freehold; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const output = execFileSync("bash", ["-c", script], { encoding: "utf8", cwd: import.meta.dirname });
  return output.trim().split("\n");
}

describe("bashScript()", () => {
  test.each([
    [["ap"], ["apply", "api-resources"]],
    [
      ["s9pk", ""],
      ["pack", "inspect", "verify", "cat", "keygen"],
    ],
    [
      ["apply", "--dry-run", ""],
      ["client", "server"],
    ],
    [["-n", "x", "get", "--wa"], ["--watch"]],
    [
      ["get", ""],
      ["one", "two"],
    ],
    [
      ["logs", "-f", ""],
      ["one", "two"],
    ],
    [["completion", "z"], ["zsh"]],
    [["install", "fish"], ["fish-script.ts"]],
    [["up"], ["up"]],
  ])("offers after %j", (words, wanted) => {
    expect(offered(...words)).toEqual(wanted);
  });
});

test("all scripts name every command", () => {
  for (const script of [bashScript(table), zshScript(table), fishScript(table)]) {
    for (const { name } of commands) expect(script).toContain(name);
  }
});

import { exitCodes, usageError } from "../cli-error.ts";
import { commands, globalOptions } from "../commands.ts";
import type { Invocation } from "../invocation.ts";
import { bashScript } from "./bash-script.ts";
import { completionTable } from "./completion-table.ts";
import { fishScript } from "./fish-script.ts";
import { zshScript } from "./zsh-script.ts";

/** `freehold completion`. */
export async function runCompletion({ terminal, words }: Invocation): Promise<number> {
  const [shell = ""] = words;
  const table = completionTable(commands, globalOptions);
  if (shell === "bash") terminal.out(bashScript(table));
  else if (shell === "zsh") terminal.out(zshScript(table));
  else if (shell === "fish") terminal.out(fishScript(table));
  else throw usageError(`Cannot complete for "${shell}": wanted bash, zsh or fish`);
  return Promise.resolve(exitCodes.ok);
}

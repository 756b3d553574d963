import { Command, Option } from "commander";

import { globalOptions } from "./commands.ts";
import type { CommandSpec, OptionSpec, Run } from "./invocation.ts";
import { Options } from "./options.ts";

export type Execute = (run: Run, options: Options, words: readonly string[]) => Promise<void>;

const EXIT_CODES = `
Exit codes:
  0 ok   1 failed, or things differ   2 wrong usage   3 not found   4 timed out waiting
  5 forbidden or not logged in   6 the API cannot be reached   (exec: the program's own)

up, down, server, agent, store and inspect are for the server's machine; see freehold up --help.`;

/** The parser of a command table. Throws CommanderError instead of ending the process. */
export function buildProgram(specs: readonly CommandSpec[], execute: Execute): Command {
  const program = new Command("freehold")
    .description("Works with a Freehold server: a personal server whose state is typed resources.")
    .configureHelp({ showGlobalOptions: false, sortOptions: false })
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .showHelpAfterError("next: freehold --help")
    .exitOverride()
    .addHelpText("after", EXIT_CODES);
  addOptions(program, globalOptions);
  for (const spec of specs) program.addCommand(buildCommand(spec, execute));
  return program;
}

function buildCommand(spec: CommandSpec, execute: Execute): Command {
  const command = new Command(spec.name).description(spec.summary).exitOverride();
  command.showSuggestionAfterError().showHelpAfterError("next: add --help to see how it is used");
  if (spec.words !== undefined) command.arguments(spec.words);
  addOptions(command, spec.options ?? []);
  if (!spec.commands) addOptions(command, globalOptions);
  if (spec.examples)
    command.addHelpText("after", `\nExamples:\n${spec.examples.map((line) => `  ${line}\n`).join("")}`);
  for (const inner of spec.commands ?? []) command.addCommand(buildCommand(inner, execute));
  if (spec.passThrough) command.passThroughOptions();
  const { load } = spec;
  if (load) {
    command.action(async () => {
      const options = new Options(given(command));
      await execute(await load(), options, command.args);
    });
  }
  return command;
}

/** Flags may stand before the command or after it; what stands nearer wins. */
function given(command: Command): Record<string, unknown> {
  const outer = command.parent ? given(command.parent) : {};
  return { ...outer, ...command.opts<Record<string, unknown>>() };
}

function addOptions(command: Command, specs: readonly OptionSpec[]): void {
  for (const { flags, help, repeats } of specs) {
    const option = new Option(flags, help);
    if (repeats) option.argParser((value: string, before?: readonly string[]) => [...(before ?? []), value]);
    command.addOption(option);
  }
}

import { CommanderError } from "commander";

import { buildProgram } from "./build-program.ts";
import { exitCodes } from "./cli-error.ts";
import { commands } from "./commands.ts";
import { explainFailure } from "./explain-failure.ts";
import { processTerminal } from "./terminal.ts";

/** Runs one command line and gives the exit code. Failures are told on standard error. */
export async function runCli(argv: readonly string[]): Promise<number> {
  const stop = new AbortController();
  process.on("SIGINT", () => {
    // Whoever asks twice does not want to wait for a tidy end.
    if (stop.signal.aborted) process.exit(exitCodes.interrupted);
    stop.abort();
  });
  const terminal = processTerminal();
  let code: number = exitCodes.ok;
  const program = buildProgram(commands, async (run, options, words) => {
    code = await run({ terminal, options, words, signal: stop.signal });
  });
  try {
    await program.parseAsync(argv, { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    if (stop.signal.aborted) return exitCodes.interrupted;
    const { message, next, exitCode } = await explainFailure(error);
    terminal.say(`${message}\n${next === undefined ? "" : `next: ${next}\n`}`);
    return exitCode;
  }
  return stop.signal.aborted ? exitCodes.interrupted : code;
}

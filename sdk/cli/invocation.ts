import type { Options } from "./options.ts";
import type { Terminal } from "./terminal.ts";

/** One run of one command. */
export interface Invocation {
  readonly terminal: Terminal;
  readonly options: Options;
  /** Words after the command that are no flags. */
  readonly words: readonly string[];
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/** Resolves with the exit code; failures are thrown. */
export type Run = (invocation: Invocation) => Promise<number>;

export interface OptionSpec {
  /** As commander has it: `-o, --output <format>`. */
  readonly flags: string;
  readonly help: string;
  readonly repeats?: boolean;
  /** Words it takes, for completion. */
  readonly choices?: readonly string[];
}

/** One line of the command table, from which parser, help and completion are made. */
export interface CommandSpec {
  readonly name: string;
  /** Words it takes: `<kind> [names...]`. */
  readonly words?: string;
  readonly summary: string;
  readonly examples?: readonly string[];
  readonly options?: readonly OptionSpec[];
  readonly commands?: readonly CommandSpec[];
  /** Everything after the first word belongs to another program. */
  readonly passThrough?: boolean;
  /** Loaded when it runs, so that each command pays for itself only. */
  readonly load?: () => Promise<Run>;
}

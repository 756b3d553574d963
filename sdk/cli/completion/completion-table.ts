import type { CommandSpec, OptionSpec } from "../invocation.ts";

/** What may follow a command, `""` for freehold itself, `s9pk pack` for a command of a command. */
export interface CompletionEntry {
  readonly path: string;
  readonly commands: readonly { readonly name: string; readonly summary: string }[];
  readonly options: readonly CompletedOption[];
  /** What a word that is no flag is. */
  readonly words: "none" | "kinds" | "packages" | "files" | "shells";
}

export interface CompletedOption {
  readonly short: string | undefined;
  readonly long: string;
  readonly help: string;
  readonly takes: "nothing" | "files" | "text";
  readonly choices: readonly string[];
}

/** Commands that bin/freehold gives to the daemons' program; known here only for completion. */
const DAEMON_COMMANDS = [
  { name: "up", summary: "Run server and agent in the foreground" },
  { name: "down", summary: "Take away what the agent made in the kernel" },
  { name: "server", summary: "Run the server" },
  { name: "agent", summary: "Run the agent of this machine" },
  { name: "store", summary: "Look after the store" },
  { name: "inspect", summary: "Print the controllers' graph or who owns which kind" },
];

/** The command table, flattened. */
export function completionTable(
  commands: readonly CommandSpec[],
  globalOptions: readonly OptionSpec[],
): readonly CompletionEntry[] {
  const named = commands.map(({ name, summary }) => ({ name, summary }));
  const root: CompletionEntry = {
    path: "",
    commands: [...named, ...DAEMON_COMMANDS],
    options: globalOptions.map(completedOption),
    words: "none",
  };
  return [root, ...commands.flatMap((command) => entriesOf(command, "", globalOptions))];
}

function entriesOf(
  command: CommandSpec,
  parent: string,
  globals: readonly OptionSpec[],
): readonly CompletionEntry[] {
  const path = `${parent}${command.name}`;
  const inner = command.commands ?? [];
  const entry: CompletionEntry = {
    path,
    commands: inner.map(({ name, summary }) => ({ name, summary })),
    options: [...(command.options ?? []), ...(inner.length > 0 ? [] : globals)].map(completedOption),
    words: wordsOf(command),
  };
  return [entry, ...inner.flatMap((one) => entriesOf(one, `${path} `, globals))];
}

function wordsOf({ words }: CommandSpec): CompletionEntry["words"] {
  const first = /^[<[]([a-z.]+)/.exec(words ?? "")?.[1];
  if (first === "kind" || first === "kind.field") return "kinds";
  if (first === "package") return "packages";
  if (first === "shell") return "shells";
  return first === undefined ? "none" : "files";
}

function completedOption({ flags, help, choices }: OptionSpec): CompletedOption {
  const long = /--[a-z-]+/.exec(flags)?.[0] ?? flags;
  const value = /<([a-z]+)>/.exec(flags)?.[1];
  const takes =
    value === undefined
      ? "nothing"
      : value === "file" || value === "path" || value === "dir"
        ? "files"
        : "text";
  return { short: /^-[A-Za-z]/.exec(flags)?.[0], long, help, takes, choices: choices ?? [] };
}

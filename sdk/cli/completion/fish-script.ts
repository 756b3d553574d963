import type { CompletedOption, CompletionEntry } from "./completion-table.ts";

/** A completion script for fish. */
export function fishScript(table: readonly CompletionEntry[]): string {
  const lines = table.flatMap((entry) => [
    ...entry.options.map((option) => optionLine(entry, option)),
    ...wordLines(entry),
  ]);
  return `# fish completion for freehold; put it into ~/.config/fish/completions/freehold.fish
complete -c freehold -f
${lines.join("\n")}
`;
}

function condition(path: string): string {
  if (path === "") return "__fish_use_subcommand";
  const seen = path.split(" ").map((word) => `__fish_seen_subcommand_from ${word}`);
  return seen.join("; and ");
}

function optionLine({ path }: CompletionEntry, option: CompletedOption): string {
  const { short, long, help, takes, choices } = option;
  const names = `${short === undefined ? "" : `-s ${short.slice(1)} `}-l ${long.slice(2)}`;
  const value =
    takes === "nothing"
      ? ""
      : choices.length > 0
        ? ` -x -a ${quoted(choices.join(" "))}`
        : takes === "files"
          ? " -r -F"
          : " -x";
  return `complete -c freehold -n ${quoted(condition(path))} ${names}${value} -d ${quoted(help)}`;
}

function wordLines({ path, commands, words }: CompletionEntry): readonly string[] {
  const start = `complete -c freehold -n ${quoted(condition(path))}`;
  switch (words) {
    case "none":
      return commands.map(({ name, summary }) => `${start} -a ${name} -d ${quoted(summary)}`);
    case "files":
      return [`${start} -F`];
    case "shells":
      return [`${start} -a 'bash zsh fish'`];
    case "kinds":
      return [`${start} -a '(freehold api-resources -o name 2>/dev/null)'`];
    case "packages":
      return [
        `${start} -a '(freehold get packages.package.freehold.dev -o name 2>/dev/null | string replace -r ".*/" "")'`,
      ];
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

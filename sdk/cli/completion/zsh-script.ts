import { flagsOf } from "./bash-script.ts";
import type { CompletedOption, CompletionEntry } from "./completion-table.ts";

/** A completion script for zsh's compsys, with the summaries as descriptions. */
export function zshScript(table: readonly CompletionEntry[]): string {
  const inners = table.filter(({ path, commands }) => path !== "" && commands.length > 0);
  return `#compdef freehold
# zsh completion for freehold; put it as _freehold into a directory of $fpath
_freehold() {
  local path="" word
  for word in \${words[2,CURRENT-1]}; do
    [[ $word == -* ]] && continue
    if [[ -z $path ]]; then path=$word
    else case $path in (${inners.map(({ path }) => path).join("|")}) path="$path $word" ;; esac
    fi
  done
  local -a found
  case "$path" in
${table.map(entryCase).join("\n")}
  esac
}
compdef _freehold freehold
`;
}

function entryCase({ path, commands, options, words }: CompletionEntry): string {
  const flags = options.flatMap((option) => flagsOf(option).map((flag) => described(flag, option)));
  const named = commands.map(({ name, summary }) => quoted(`${name}:${summary}`));
  const list =
    words === "none"
      ? [`found=(${named.join(" ")}); _describe command found`]
      : words === "files"
        ? ["_files"]
        : [`found=(${askFor(words)}); _describe word found`];
  return `    (${quoted(path)})
      if [[ \${words[CURRENT]} == -* ]]; then found=(${flags.join(" ")}); _describe option found
      else ${list.join("; ")}; fi ;;`;
}

function askFor(words: "kinds" | "packages" | "shells"): string {
  if (words === "shells") return "bash zsh fish";
  return words === "kinds"
    ? '${(f)"$(freehold api-resources -o name 2>/dev/null)"}'
    : "${=$(freehold get packages.package.freehold.dev -o jsonpath='{.items[*].metadata.name}' 2>/dev/null)}";
}

function described(flag: string, { help }: CompletedOption): string {
  return quoted(`${flag}:${help}`);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

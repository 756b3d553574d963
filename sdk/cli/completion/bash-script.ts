import type { CompletedOption, CompletionEntry } from "./completion-table.ts";

/** A completion script for bash. Names of kinds and packages are asked of the server. */
export function bashScript(table: readonly CompletionEntry[]): string {
  const inners = table.filter(({ path, commands }) => path !== "" && commands.length > 0);
  return `# bash completion for freehold; source it, or put it into /etc/bash_completion.d
_freehold() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} path="" word skip="" i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ -n $skip ]]; then skip=""; continue; fi
    case "$path:$word" in
      ${valueFlags(table).join("|")}) skip=1 ;;
      *:-*) ;;
      *)
        if [[ -z $path ]]; then path=$word
        else case $path in ${inners.map(({ path }) => path).join("|")}) path="$path $word" ;; esac
        fi ;;
    esac
  done
  case "$path:$prev" in
${table.flatMap((entry) => entry.options.flatMap((option) => valueCase(entry, option))).join("\n")}
  esac
  local words="" flags=""
  case "$path" in
${table.map(wordCase).join("\n")}
  esac
  if [[ $cur == -* ]]; then COMPREPLY=($(compgen -W "$flags" -- "$cur"))
  elif [[ -n $words ]]; then COMPREPLY=($(compgen -W "$words" -- "$cur"))
  else COMPREPLY=($(compgen -f -- "$cur"))
  fi
}
complete -o filenames -F _freehold freehold
`;
}

/** Flags that are followed by a value, each with the command it stands after: `-f` takes one for some only. */
function valueFlags(table: readonly CompletionEntry[]): readonly string[] {
  return table.flatMap(({ path, options }) =>
    options.filter(({ takes }) => takes !== "nothing").flatMap((option) => patternsOf(path, option)),
  );
}

function patternsOf(path: string, option: CompletedOption): readonly string[] {
  return flagsOf(option).map((flag) => `"${path}:${flag}"`);
}

export function flagsOf({ short, long }: CompletedOption): readonly string[] {
  return short === undefined ? [long] : [short, long];
}

function valueCase({ path }: CompletionEntry, option: CompletedOption): readonly string[] {
  if (option.takes === "nothing") return [];
  const pattern = patternsOf(path, option).join("|");
  const reply =
    option.choices.length > 0
      ? `$(compgen -W "${option.choices.join(" ")}" -- "$cur")`
      : option.takes === "files"
        ? '$(compgen -f -- "$cur")'
        : "";
  return [`    ${pattern}) COMPREPLY=(${reply}); return ;;`];
}

function wordCase({ path, commands, options, words }: CompletionEntry): string {
  const choices = {
    none: commands.map(({ name }) => name).join(" "),
    kinds: "$(freehold api-resources -o name 2>/dev/null)",
    packages:
      "$(freehold get packages.package.freehold.dev -o jsonpath='{.items[*].metadata.name}' 2>/dev/null)",
    shells: "bash zsh fish",
    files: "",
  }[words];
  return `    "${path}") words="${choices}" flags="${options.flatMap(flagsOf).join(" ")} --help" ;;`;
}

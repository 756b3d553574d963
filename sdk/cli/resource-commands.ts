import type { CommandSpec, OptionSpec } from "./invocation.ts";

const file: OptionSpec = {
  flags: "-f, --filename <path>",
  help: "file, directory or - for standard input; may be repeated",
  repeats: true,
};
const recursive: OptionSpec = { flags: "-R, --recursive", help: "directories with what is below them" };
const selector: OptionSpec = {
  flags: "-l, --selector <labels>",
  help: "only objects with these labels (a=b,c!=d,e in (f,g))",
};
const allNamespaces: OptionSpec = { flags: "-A, --all-namespaces", help: "in all namespaces" };
const timeout = (what: string): OptionSpec => ({ flags: "--timeout <time>", help: what });

/** Commands on any kind of resource. */
export const resourceCommands: readonly CommandSpec[] = [
  {
    name: "apply",
    summary: "Make the server's objects as files say",
    options: [
      file,
      recursive,
      {
        flags: "--dry-run <where>",
        help: "only say what would be done: client or server",
        choices: ["client", "server"],
      },
      { flags: "--wait", help: "wait until everything is Ready" },
      timeout("longest wait (default 5m)"),
      {
        flags: "-o, --output <format>",
        help: "print objects: json, yaml or name",
        choices: ["json", "yaml", "name"],
      },
    ],
    examples: ["freehold apply -f nextcloud.yaml --wait", "freehold apply -R -f ./home"],
    load: async () => (await import("./commands/apply.ts")).runApply,
  },
  {
    name: "diff",
    summary: "Show what apply would change; exits with 1 when there is something",
    options: [file, recursive],
    load: async () => (await import("./commands/diff.ts")).runDiff,
  },
  {
    name: "plan",
    summary: "Show what apply would change, also in other objects; exits with 1 when there is something",
    options: [file, recursive],
    examples: ["freehold plan -f nextcloud.yaml"],
    load: async () => (await import("./commands/plan.ts")).runPlan,
  },
  {
    name: "get",
    words: "<kind> [names...]",
    summary: "List objects",
    options: [
      {
        flags: "-o, --output <format>",
        help: "wide, json, yaml, name or jsonpath=TEMPLATE",
        choices: ["wide", "json", "yaml", "name", "jsonpath="],
      },
      allNamespaces,
      selector,
      { flags: "--field-selector <fields>", help: "only objects with these fields (metadata.name=x)" },
      { flags: "-w, --watch", help: "go on with every change, until Ctrl-C" },
      { flags: "--no-headers", help: "without the line of column names" },
      { flags: "--show-labels", help: "with a column of labels" },
      { flags: "--show-managed-fields", help: "in json and yaml, with who wrote what" },
    ],
    examples: [
      "freehold get pkg -A",
      "freehold get pkg radicale -o jsonpath='{.status.urls[0]}'",
      "freehold get pkg,vol -w",
    ],
    load: async () => (await import("./commands/get.ts")).runGet,
  },
  {
    name: "describe",
    words: "<kind> [names...]",
    summary: "Show objects in detail: what is wished, what is, what to do, what happened",
    options: [allNamespaces, selector],
    load: async () => (await import("./commands/describe.ts")).runDescribe,
  },
  {
    name: "history",
    words: "<kind> [names...]",
    summary: "Show who changed an object, when, from where, and what",
    options: [
      { flags: "--revision <number>", help: "the object as that revision wished it, as YAML" },
      { flags: "-o, --output <format>", help: "json or yaml", choices: ["json", "yaml"] },
    ],
    examples: ["freehold history pkg radicale", "freehold history pkg radicale --revision 214"],
    load: async () => (await import("./commands/history.ts")).runHistory,
  },
  {
    name: "rollback",
    words: "<kind> [names...]",
    summary: "Wish again what an object was wished to be before, also when it was deleted",
    options: [
      { flags: "--to-revision <number>", help: "of freehold history (default: the last that was different)" },
      { flags: "--dry-run <where>", help: "only say what would be done: server", choices: ["server"] },
    ],
    examples: ["freehold rollback pkg radicale", "freehold rollback pkg radicale --to-revision 214"],
    load: async () => (await import("./commands/rollback.ts")).runRollback,
  },
  {
    name: "why",
    words: "<kind> [names...]",
    summary: "Tell why an object is not as wished: from it down to the cause",
    options: [{ flags: "-o, --output <format>", help: "json", choices: ["json"] }],
    examples: ["freehold why pkg radicale"],
    load: async () => (await import("./commands/why.ts")).runWhy,
  },
  {
    name: "explain",
    words: "<kind.field>",
    summary: "Tell what a kind or a field is for",
    options: [{ flags: "--recursive", help: "all fields below, without their descriptions" }],
    examples: ["freehold explain pkg.spec.resources"],
    load: async () => (await import("./commands/explain.ts")).runExplain,
  },
  {
    name: "delete",
    words: "[kind] [names...]",
    summary: "Delete objects, and wait until they are gone",
    options: [
      file,
      recursive,
      selector,
      { flags: "--all", help: "every object of the kind in the namespace" },
      allNamespaces,
      { flags: "--no-wait", help: "do not wait until they are gone" },
      timeout("longest wait (default: none)"),
      { flags: "--ignore-not-found", help: "what is not there is no failure" },
    ],
    load: async () => (await import("./commands/delete.ts")).runDelete,
  },
  {
    name: "wait",
    words: "<kind> [names...]",
    summary: "Wait for a condition",
    options: [
      { flags: "--for <what>", help: "condition=TYPE[=STATUS], delete, create or jsonpath={PATH}[=VALUE]" },
      { flags: "--all", help: "for every object of the kind" },
      selector,
      allNamespaces,
      timeout("longest wait (default 30s)"),
    ],
    examples: ["freehold wait pkg radicale --for condition=Ready --timeout 5m"],
    load: async () => (await import("./commands/wait.ts")).runWait,
  },
  {
    name: "api-resources",
    summary: "List the kinds the server has",
    options: [{ flags: "-o, --output <format>", help: "name prints names only", choices: ["name"] }],
    load: async () => (await import("./commands/api-resources.ts")).runApiResources,
  },
];

import type { CommandSpec, OptionSpec } from "./invocation.ts";

const waitOptions: readonly OptionSpec[] = [
  { flags: "--wait", help: "wait until it is so" },
  { flags: "--timeout <time>", help: "longest wait (default 5m)" },
];

/** Commands on packages. */
export const machineCommands: readonly CommandSpec[] = [
  {
    name: "install",
    words: "<file>",
    summary: "Upload an archive to the server and install it",
    options: [
      { flags: "--name <name>", help: "what to call it (default: the package's id)" },
      { flags: "--in-place", help: "do not upload: the file lies on the server's machine" },
      ...waitOptions,
    ],
    examples: ["freehold install ./radicale.s9pk --wait"],
    load: async () => (await import("./commands/install.ts")).runInstall,
  },
  {
    name: "start",
    words: "<package>",
    summary: "Start a package",
    options: waitOptions,
    load: async () => (await import("./commands/set-running.ts")).runStart,
  },
  {
    name: "stop",
    words: "<package>",
    summary: "Stop a package; its data stays",
    options: waitOptions,
    load: async () => (await import("./commands/set-running.ts")).runStop,
  },
  {
    name: "logs",
    words: "<package>",
    summary: "Show what a package has logged (as root on its machine)",
    options: [
      { flags: "-f, --follow", help: "go on with what it logs, until Ctrl-C" },
      { flags: "--tail <lines>", help: "only the last lines" },
      { flags: "--since <time>", help: "only what is not older (90s, 5m, 1h)" },
      { flags: "--timestamps", help: "with the time before each line (RFC 3339)" },
    ],
    load: async () => (await import("./machine/logs.ts")).runLogs,
  },
  {
    name: "exec",
    words: "<package> <command...>",
    summary: "Run a program in a package's container (as root on its machine)",
    passThrough: true,
    examples: ["freehold exec radicale -- ls -l /media/startos/volumes"],
    load: async () => (await import("./machine/exec.ts")).runExec,
  },
];

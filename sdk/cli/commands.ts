import type { CommandSpec, OptionSpec } from "./invocation.ts";
import { machineCommands } from "./machine-commands.ts";
import { resourceCommands } from "./resource-commands.ts";

/** Flags every command takes, before or after its name. */
export const globalOptions: readonly OptionSpec[] = [
  {
    flags: "--kubeconfig <file>",
    help: "who to be and where to (default: $KUBECONFIG, then the server's admin.kubeconfig, then ~/.kube/config)",
  },
  { flags: "--context <name>", help: "context of the kubeconfig (default: its current one)" },
  { flags: "--server <url>", help: "https://HOST:PORT or unix:PATH, in place of the kubeconfig's" },
  { flags: "--token <token>", help: "bearer token, in place of the kubeconfig's identity" },
  { flags: "-n, --namespace <name>", help: "namespace (default: the context's)" },
  { flags: "--data <dir>", help: "the server's data folder (default: /var/lib/freehold)" },
];

const s9pk: CommandSpec = {
  name: "s9pk",
  summary: "Make and look into package archives",
  commands: [
    {
      name: "pack",
      words: "<dir>",
      summary: "Build and sign an archive from a package directory (as root)",
      options: [
        { flags: "-o, --output <file>", help: "archive to write (default: <id>.s9pk here)" },
        { flags: "--key <file>", help: "signing key as PKCS#8 PEM; see freehold s9pk keygen" },
        {
          flags: "--cache <dir>",
          help: "where built images are kept between runs (default: ~/.cache/freehold/images)",
        },
      ],
      examples: ["freehold s9pk pack ./my-package --key developer.key.pem -o my-package.s9pk"],
      load: async () => (await import("./s9pk/pack.ts")).runPack,
    },
    {
      name: "inspect",
      words: "<file>",
      summary: "Show manifest, signer and contents; checks the signature, not every byte",
      options: [{ flags: "-o, --output <format>", help: "json prints the manifest", choices: ["json"] }],
      load: async () => (await import("./s9pk/inspect.ts")).runInspect,
    },
    {
      name: "verify",
      words: "<file>",
      summary: "Check signature and every byte",
      load: async () => (await import("./s9pk/verify.ts")).runVerify,
    },
    {
      name: "cat",
      words: "<file> <path>",
      summary: "Write a file of the archive to standard output, verified",
      load: async () => (await import("./s9pk/cat.ts")).runCat,
    },
    {
      name: "keygen",
      words: "<file>",
      summary: "Make a signing key; refuses to overwrite one",
      load: async () => (await import("./s9pk/keygen.ts")).runKeygen,
    },
  ],
};

const config: CommandSpec = {
  name: "config",
  summary: "Show which kubeconfig is used",
  commands: [
    {
      name: "view",
      summary: "Print the kubeconfig, without secrets",
      load: async () => (await import("./commands/config.ts")).runConfigView,
    },
    {
      name: "current-context",
      summary: "Print the context that is used",
      load: async () => (await import("./commands/config.ts")).runCurrentContext,
    },
  ],
};

/** The command table, in the order of the help. */
export const commands: readonly CommandSpec[] = [
  ...resourceCommands,
  ...machineCommands,
  s9pk,
  config,
  {
    name: "version",
    summary: "Print the versions of this program and of the server",
    options: [{ flags: "--client", help: "of this program only" }],
    load: async () => (await import("./commands/version.ts")).runVersion,
  },
  {
    name: "completion",
    words: "<shell>",
    summary: "Print a completion script for bash, zsh or fish",
    examples: ["source <(freehold completion bash)"],
    load: async () => (await import("./completion/run-completion.ts")).runCompletion,
  },
];

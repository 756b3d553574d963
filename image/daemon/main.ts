import { rootRefusal } from "./needs-root.ts";
import { DAEMON_USAGE, type DaemonOptions, readDaemonOptions } from "./options.ts";

const [command = "", ...argv] = process.argv.slice(2);

type Run = (options: DaemonOptions, argv: readonly string[]) => Promise<void>;

// Each is loaded alone: a process holds the code of its own command only.
const COMMANDS: ReadonlyMap<string, () => Promise<Run>> = new Map([
  ["server", async () => (await import("./server.ts")).runServer],
  ["agent", async () => (await import("./agent.ts")).runAgent],
  ["up", async () => (await import("./up.ts")).runUp],
  ["down", async () => (await import("./down.ts")).runDown],
]);

async function main(): Promise<void> {
  const wantsHelp = argv.includes("--help") || argv.includes("-h");
  if (command === "store") {
    const { runStoreCommand, STORE_USAGE } = await import("./store-command.ts");
    return wantsHelp ? say(STORE_USAGE) : runStoreCommand(argv);
  }
  if (wantsHelp) return say(DAEMON_USAGE);
  const options = readDaemonOptions(argv);
  const refusal = rootRefusal(command, process.getuid?.());
  if (refusal !== undefined) throw new Error(refusal);
  const load = COMMANDS.get(command);
  if (!load) throw new Error(`Cannot run "${command}": wanted up, down, server, agent or store`);
  const run = await load();
  await run(options, argv);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

// Without top-level await, which CommonJS has not: see image/bundle.ts.
main().then(
  // Standard input is watched for the supervisor's end, and would keep the process.
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`freehold ${command}: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);

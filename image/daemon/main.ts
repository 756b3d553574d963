import { runAgent } from "./agent.ts";
import { runDown } from "./down.ts";
import { rootRefusal } from "./needs-root.ts";
import { DAEMON_USAGE, readDaemonOptions } from "./options.ts";
import { runServer } from "./server.ts";
import { runStoreCommand, STORE_USAGE } from "./store-command.ts";
import { runUp } from "./up.ts";

const [command = "", ...argv] = process.argv.slice(2);

async function main(): Promise<void> {
  if (argv.includes("--help") || argv.includes("-h")) {
    process.stdout.write(`${command === "store" ? STORE_USAGE : DAEMON_USAGE}\n`);
    return;
  }
  if (command === "store") return runStoreCommand(argv);
  const options = readDaemonOptions(argv);
  const refusal = rootRefusal(command, process.getuid?.());
  if (refusal !== undefined) throw new Error(refusal);
  if (command === "server") await runServer(options);
  else if (command === "agent") await runAgent(options);
  else if (command === "up") await runUp(options, argv);
  else if (command === "down") await runDown(options);
  else throw new Error(`Cannot run "${command}": wanted up, down, server, agent or store`);
}

try {
  await main();
  // Standard input is watched for the supervisor's end, and would keep the process.
  process.exit(0);
} catch (error) {
  process.stderr.write(`freehold ${command}: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

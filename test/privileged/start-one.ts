import { newHost } from "./sandbox.ts";

/** A process that starts a container and then waits to be killed: `start-one.ts <dataDir> <name>`. */
const [, , dataDir = "", name = ""] = process.argv;
const host = newHost(dataDir);
await host.containers.start(name);
process.stdout.write("started\n");
setInterval(() => undefined, 1000);

import { chmod, chown, copyFile, mkdir, rename } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { createLog } from "./log.ts";
import type { DaemonOptions } from "./options.ts";
import { Places } from "./places.ts";
import { serverIdentity } from "./server-identity.ts";
import { aborted, stopSignal } from "./stop-signal.ts";
import { Supervised } from "./supervised.ts";
import { claimUp } from "./up-pid.ts";

/** Its buffers of archives go back to the system at once. The server's answers would be an eighth slower by that. */
const AGENT_MALLOC = { MALLOC_MMAP_THRESHOLD_: "32768" } as const;

/** Server and agent in the foreground, each a process of its own, until SIGTERM. */
export async function runUp(options: DaemonOptions, argv: readonly string[]): Promise<void> {
  const stop = stopSignal();
  const log = createLog("up");
  const places = new Places(options.data);
  const identity = serverIdentity();
  await mkdir(places.data, { recursive: true, mode: 0o711 });
  using held = new DisposableStack();
  held.use(claimUp(places));
  // The server is another user, and containers look their root up from below: both must be able to pass.
  await chmod(places.data, 0o711);
  await mkdir(places.server, { recursive: true, mode: 0o700 });
  if (identity) await chown(places.server, identity.uid, identity.gid);
  const main = fileURLToPath(new URL("./main.js", import.meta.url));
  const flags = argv.filter((flag) => flag !== "--no-agent");
  const serverProgram = { name: "server", argv: [main, "server", ...flags], ...(identity && { identity }) };
  const server = new Supervised(serverProgram, log);
  const port = await server.start();
  // A port that was chosen for us must be the same after a crash: clients know it by now.
  server.replace({
    ...serverProgram,
    argv: [...serverProgram.argv, "--listen", listenText(options.host, port)],
  });
  await publishKubeconfig(places);
  const agent = options.agent
    ? new Supervised({ name: "agent", argv: [main, "agent", ...flags], environment: AGENT_MALLOC }, log)
    : undefined;
  await agent?.start();
  process.stdout.write("ready\n");
  await aborted(stop);
  await agent?.stop();
  await server.stop();
}

/** The administrator's way in, where people look for it. */
async function publishKubeconfig(places: Places): Promise<void> {
  const next = `${places.adminKubeconfig}.new`;
  await copyFile(`${places.server}/admin.kubeconfig`, next);
  await rename(next, places.adminKubeconfig);
}

function listenText(host: string, port: string): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

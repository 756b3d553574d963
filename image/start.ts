import { spawn } from "node:child_process";
import { existsSync, globSync, mkdirSync, openSync, readFileSync, statSync } from "node:fs";
import { copyFile, rename } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";

import { packageKind } from "@freehold/apis/package";
import { Client, readKubeconfig } from "@freehold/client";
import { isReady } from "@freehold/engine";

import { Places } from "./daemon/places.ts";
import { runningUp } from "./daemon/up-pid.ts";
import { packStarter } from "./pack-starter.ts";
import { type Say, step } from "./step.ts";

/** The second half of `npm start`: daemons in the background, the starter package, and where everything is. */
const root = join(import.meta.dirname, "..");
const STARTER = "radicale";
const START_MS = 60_000;
const READY_MS = 300_000;

const { values } = parseArgs({
  options: {
    data: { type: "string", default: "/var/lib/freehold" },
    listen: { type: "string", default: "0.0.0.0:6443" },
  },
});
const places = new Places(resolve(values.data));
const logFile = `${places.data}/freehold.log`;

mkdirSync(places.data, { recursive: true, mode: 0o711 });
await step("Server and agent", `the API's answer; see ${logFile}`, ensureRunning);
using client = new Client(readKubeconfig(places.adminKubeconfig));
await step(`Archive of ${STARTER}`, "the Debian mirror, which its parts come from", ensureStarter);
const urls = await step(`Package ${STARTER}`, "it to be ready", waitForStarter);
const secret = readFileSync(places.firstLogin, "utf8");
const api = readKubeconfig(places.adminKubeconfig).server;
process.stdout.write(`
Freehold runs.
  UI and API          ${api}
  first-login secret  ${secret}
  kubeconfig          ${places.adminKubeconfig}
  starter package     ${STARTER}: ${urls[0] ?? "no address yet"}
  log                 ${logFile}
Try: ${root}/bin/freehold get packages --data ${places.data}
`);

/** Starts the daemons, or starts them anew when they were built since. Containers run on meanwhile. */
async function ensureRunning(say: Say): Promise<void> {
  const pid = runningUp(places);
  if (pid !== undefined && builtAt() < statSync(`/proc/${pid}`).ctimeMs && (await answers())) return;
  if (pid !== undefined) {
    say("Stopping the daemons of an older build; packages run on");
    process.kill(pid, "SIGTERM");
    while (runningUp(places) === pid) await pause(50);
  }
  const log = openSync(logFile, "a", 0o600);
  const node = join(root, "node_modules/node/bin/node");
  const main = join(root, "image/dist/bundle/main.js");
  const child = spawn(node, [main, "up", "--data", places.data, "--listen", values.listen], {
    detached: true,
    stdio: ["ignore", log, log],
  });
  child.unref();
  const deadline = Date.now() + START_MS;
  while (!(await answers())) {
    if (child.exitCode !== null || Date.now() > deadline) {
      throw new Error(`Cannot start the daemons; see ${logFile}`);
    }
    await pause(100);
  }
}

function builtAt(): number {
  const built = globSync("image/dist/bundle/*.js", { cwd: root });
  return Math.max(...built.map((file) => statSync(join(root, file)).mtimeMs));
}

async function answers(): Promise<boolean> {
  if (!existsSync(places.adminKubeconfig)) return false;
  using probe = new Client(readKubeconfig(places.adminKubeconfig));
  try {
    await probe.transport.text({ method: "GET", path: "/readyz" });
    return true;
  } catch {
    // Not yet.
    return false;
  }
}

async function ensureStarter(say: Say): Promise<void> {
  if (await client.get(packageKind, STARTER, "default")) return;
  const packed = await packStarter(STARTER, say);
  const kept = `${places.data}/packages/${STARTER}.s9pk`;
  mkdirSync(`${places.data}/packages`, { recursive: true });
  await copyFile(packed, `${kept}.new`);
  await rename(`${kept}.new`, kept);
  await client.create(
    packageKind,
    packageKind.draft({ name: STARTER, namespace: "default" }, { source: { file: kept }, running: true }),
    { name: "npm-start" },
  );
}

async function waitForStarter(say: Say): Promise<readonly string[]> {
  const { items, resourceVersion } = await client.list(packageKind);
  const signal = AbortSignal.timeout(READY_MS);
  const known = items.find(({ metadata }) => metadata.name === STARTER && metadata.namespace === "default");
  if (known && isReady(known)) return known.status?.urls ?? [];
  for await (const seen of client.watch(packageKind, resourceVersion, signal)) {
    if (seen.type !== "put" || seen.resource.metadata.name !== STARTER) continue;
    const { status } = seen.resource;
    if (isReady(seen.resource)) return status?.urls ?? [];
    const ready = status?.conditions?.find(({ type }) => type === "Ready");
    say(`${status?.phase ?? "new"}: ${ready?.message ?? "not looked at yet"}`);
  }
  throw new Error(
    `${STARTER} was not ready within ${READY_MS / 1000} s; see ${root}/bin/freehold describe package ${STARTER} --data ${places.data}`,
  );
}

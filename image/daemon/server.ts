import { existsSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { hostname } from "node:os";

import { type ApiServer, startApiServer } from "@freehold/apiserver";
import type { Engine } from "@freehold/engine";
import { type Backend, EncryptedBackend, loadEncryptionKey } from "@freehold/store";
import type { Logger } from "pino";

import { clusterControllers } from "./cluster-controllers.ts";
import { inbornFinalizers } from "./controller-graph.ts";
import { foresee } from "./foresee.ts";
import { createLog } from "./log.ts";
import { machineNameOf } from "./machine-name.ts";
import type { DaemonOptions } from "./options.ts";
import { Places } from "./places.ts";
import { runElected } from "./run-elected.ts";
import { isSecret } from "./secret-keys.ts";
import { aborted, stopSignal } from "./stop-signal.ts";
import { openStore, type StoreSpec } from "./store-spec.ts";
import { verifyUpload } from "./verify-upload.ts";

/** Store, API and cluster controllers in this process, until it is told to stop. */
export async function runServer(options: DaemonOptions): Promise<void> {
  const stop = stopSignal();
  const log = createLog("server");
  const places = new Places(options.data);
  await mkdir(places.server, { recursive: true, mode: 0o700 });
  const broken = new AbortController();
  const spec: StoreSpec = options.store ?? { type: "embedded", file: places.store };
  const store = await openStore(spec, (error) => {
    log.error({ err: error }, "the store's writer is gone; only a new start helps");
    broken.abort();
  });
  const key = loadEncryptionKey(places.encryptionKey);
  await using backend = new EncryptedBackend(store, key, isSecret);
  const api = await startApiServer({
    backend,
    dataDir: places.server,
    listen: { host: options.host, port: options.port },
    socketPath: places.socket,
    names: options.names,
    finalizers: inbornFinalizers(),
    verifyArchive: verifyUpload,
    ...(options.auditLog !== "off" && { audit: { path: options.auditLog ?? places.auditLog } }),
    foresee,
    log: (message) => log.warn(message),
  });
  await writeCredentials(api, places, machineNameOf(options, places));
  const controllers = await startControllers(spec, { api, backend, log });
  log.info({ port: api.port }, "serving");
  process.stdout.write(`ready ${api.port}\n`);
  await aborted(AbortSignal.any([stop, broken.signal]));
  await controllers.stop();
  await api.stop();
  log.info("stopped");
}

interface Parts {
  readonly api: ApiServer;
  readonly backend: Backend;
  readonly log: Logger;
}

/**
 * An embedded store has one process, by a lock on its file: there the controllers are started at once, and nothing is ever written to
 * say so. A store that others may use too is asked for a lease; the API is served meanwhile.
 */
async function startControllers(
  spec: StoreSpec,
  { api, backend, log }: Parts,
): Promise<{ stop(): Promise<void> }> {
  if (spec.type === "embedded") {
    const engine = clusterControllers(api.store, log);
    await engine.start();
    return engine;
  }
  const stop = new AbortController();
  const create = (fenced: Backend): Engine => clusterControllers(api.storeThrough(fenced), log);
  const holder = `${hostname()} ${process.pid}`;
  const running = runElected({ backend, holder, create, log, signal: stop.signal });
  return {
    stop: async () => {
      stop.abort();
      await running;
    },
  };
}

/** Each once: a server that comes back must not lock out the agent that waits for it. An agent is known by its machine. */
async function writeCredentials(api: ApiServer, places: Places, machine: string): Promise<void> {
  const credentials = [
    { file: places.agentToken, user: `system:agent:${machine}`, group: "system:agents" },
    { file: places.firstLogin, user: "admin", group: "system:masters" },
  ];
  for (const { file, user, group } of credentials) {
    if (existsSync(file) && (await api.userOf(await readFile(file, "utf8"))) === user) continue;
    // Renamed into place: a crash leaves no half of a token behind.
    await writeFile(`${file}.new`, await api.issueToken(user, [group]), { mode: 0o600 });
    await rename(`${file}.new`, file);
  }
}

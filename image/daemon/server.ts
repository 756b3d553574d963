import { existsSync } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";

import { type ApiServer, startApiServer } from "@freehold/apiserver";
import {
  bindingController,
  machineNetworkController,
  packageController,
  serviceInterfaceController,
} from "@freehold/controllers";
import { Engine } from "@freehold/engine";
import { EncryptedBackend, loadEncryptionKey } from "@freehold/store";

import { inbornFinalizers } from "./controller-graph.ts";
import { createLog } from "./log.ts";
import type { DaemonOptions } from "./options.ts";
import { Places } from "./places.ts";
import { isSecret } from "./secret-keys.ts";
import { aborted, stopSignal } from "./stop-signal.ts";
import { openStore } from "./store-spec.ts";
import { verifyUpload } from "./verify-upload.ts";

/** Store, API and cluster controllers in this process, until it is told to stop. */
export async function runServer(options: DaemonOptions): Promise<void> {
  const stop = stopSignal();
  const log = createLog("server");
  const places = new Places(options.data);
  await mkdir(places.server, { recursive: true, mode: 0o700 });
  const broken = new AbortController();
  const spec = options.store ?? { type: "embedded", file: places.store };
  const store = await openStore(spec, (error) => {
    log.error({ err: error }, "the store's writer is gone; only a new start helps");
    broken.abort();
  });
  const key = loadEncryptionKey(places.encryptionKey);
  await using backend = new EncryptedBackend(store, key, isSecret);
  const engines: Engine[] = [];
  const api = await startApiServer({
    backend,
    dataDir: places.server,
    listen: { host: options.host, port: options.port },
    socketPath: places.socket,
    names: options.names,
    finalizers: inbornFinalizers(),
    verifyArchive: verifyUpload,
    log: (message) => log.warn(message),
  });
  await writeCredentials(api, places);
  const engine = new Engine({
    store: api.store,
    component: "server",
    onBug: (controller, name, error) =>
      log.error({ controller, object: name, err: error }, "unexpected failure"),
  });
  engines.push(engine);
  engine.addTransformer(packageController);
  engine.addTransformer(bindingController);
  engine.addTransformer(serviceInterfaceController);
  engine.addTransformer(machineNetworkController);
  await engine.start();
  log.info({ port: api.port }, "serving");
  process.stdout.write(`ready ${api.port}\n`);
  await aborted(AbortSignal.any([stop, broken.signal]));
  await Promise.all(engines.map((running) => running.stop()));
  await api.stop();
  log.info("stopped");
}

/** Each once: a server that comes back must not lock out the agent that waits for it. */
async function writeCredentials(api: ApiServer, places: Places): Promise<void> {
  const credentials = [
    { file: places.agentToken, user: "system:agent:local", group: "system:agents" },
    { file: places.firstLogin, user: "admin", group: "system:masters" },
  ];
  for (const { file, user, group } of credentials) {
    if (existsSync(file)) continue;
    // Renamed into place: a crash leaves no half of a token behind.
    await writeFile(`${file}.new`, await api.issueToken(user, [group]), { mode: 0o600 });
    await rename(`${file}.new`, file);
  }
}

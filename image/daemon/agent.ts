import { chmod, mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { createLinuxHost } from "@freehold/agent-host";
import type { Host } from "@freehold/agent-ports";
import { Layout } from "@freehold/apis/system";
import { Client, type ClientConfig } from "@freehold/client";
import {
  archiveController,
  bridgeController,
  CallbackTable,
  containerController,
  createEffects,
  effectReads,
  machineSensor,
  packetRulesController,
  ServiceSessions,
  volumeController,
} from "@freehold/controllers";
import { Engine } from "@freehold/engine";

import { createLog } from "./log.ts";
import { machineNameOf } from "./machine-name.ts";
import { cgroupParentOf, PACKET_TABLE } from "./machine-names.ts";
import type { DaemonOptions } from "./options.ts";
import { Places } from "./places.ts";
import { aborted, stopSignal } from "./stop-signal.ts";
import { sweepTrash } from "./sweep-trash.ts";
import { uploadedArchives } from "./uploaded-archives.ts";

/** Controllers of this machine, as a client of the API, until it is told to stop. Containers go on without it. */
export async function runAgent(options: DaemonOptions): Promise<void> {
  const stop = stopSignal();
  const log = createLog("agent");
  const places = new Places(options.data);
  // Containers look their root up from below these: whoever makes them first must let others pass.
  for (const path of [places.agent, places.agentHost]) {
    await mkdir(path, { recursive: true, mode: 0o711 });
    await chmod(path, 0o711);
  }
  const machine = machineNameOf(options, places);
  await writeFile(places.machineName, machine);
  const config: ClientConfig = {
    server: `unix:${places.socket}`,
    token: await readFile(places.agentToken, "utf8"),
    name: `freehold-agent/${machine}`,
  };
  using client = new Client(config);
  const engine = new Engine({
    store: client,
    component: `agent/${machine}`,
    onBug: (controller, name, error) =>
      log.error({ controller, object: name, err: error }, "unexpected failure"),
  });
  const sessions = await addControllers(engine, { options, places, machine, client, config, log });
  await engine.start();
  log.info({ machine }, "working");
  process.stdout.write("ready\n");
  await aborted(stop);
  await engine.stop();
  await sessions.closeAll();
  log.info("stopped; containers run on");
}

interface Place {
  readonly options: DaemonOptions;
  readonly places: Places;
  readonly machine: string;
  readonly client: Client;
  readonly config: ClientConfig;
  readonly log: ReturnType<typeof createLog>;
}

async function addControllers(
  engine: Engine,
  { options, places, machine, client, config, log }: Place,
): Promise<ServiceSessions> {
  const host = createLinuxHost({
    dataDir: places.agentHost,
    cgroupParent: cgroupParentOf(options.data),
  });
  const layout = new Layout(places.agent);
  // Beside the rest: a large tree takes its time, and nobody waits for it.
  sweepTrash(host.mounts, layout).catch((error: unknown) =>
    log.warn({ err: error }, "the trash is not empty"),
  );
  const facts = await host.machine.facts();
  const { bridgeLink, bridgeCidr } = options;
  const sessions = createSessions(engine, { host, layout, config });
  const common = { machine, layout, mounts: host.mounts, bridgeLink, bridgeCidr };
  const runtimeImage = await imageOf(options.runtimeImage);
  engine.addSensor(machineSensor, {
    machine,
    facts: host.machine,
    links: host.links,
    bridgeCidr,
    dataPath: places.data,
  });
  engine.addRealizer(bridgeController, { ...common, links: host.links });
  engine.addRealizer(packetRulesController, { ...common, packets: host.packets, packetTable: PACKET_TABLE });
  engine.addRealizer(volumeController, common);
  engine.addRealizer(archiveController, {
    ...common,
    archives: host.archives,
    origin: uploadedArchives(client),
    architecture: facts.architecture,
  });
  engine.addRealizer(containerController, {
    ...common,
    containers: host.containers,
    links: host.links,
    sessions,
    runtimeImage,
    now: Date.now,
  });
  return sessions;
}

/** What answers the packages: their effects, each made through the API as the package itself. */
function createSessions(
  engine: Engine,
  { host, layout, config }: { readonly host: Host; readonly layout: Layout; readonly config: ClientConfig },
): ServiceSessions {
  const callbacks = new CallbackTable((container, id) => {
    // The container may have ended meanwhile; then nobody waits any more.
    sessions.notify(container, "callback", { id, args: [] }).catch(() => undefined);
  });
  const world = engine.view("package.effects", effectReads, (changed) => callbacks.changed(changed));
  const sessions: ServiceSessions = new ServiceSessions({
    runtime: host.runtime,
    now: Date.now,
    onStart: (name) => callbacks.clear(name, () => true),
    effects: createEffects({
      world,
      containers: host.containers,
      mounts: host.mounts,
      layout,
      callbacks,
      apiOf: ({ namespace, name }) =>
        new Client({
          ...config,
          impersonate: { user: `system:package:${namespace}:${name}`, group: "system:packages" },
        }),
      restart: (container) => sessions.requestRestart(container),
    }),
  });
  return sessions;
}

async function imageOf(path: string | undefined): Promise<{ path: string; offset: number; size: number }> {
  const built = path ?? fileURLToPath(new URL("../../../runtime/dist/runtime.erofs", import.meta.url));
  try {
    return { path: built, offset: 0, size: (await stat(built)).size };
  } catch (error) {
    throw new Error(
      `Cannot start: the runtime image "${built}" is missing; build it with npm run build:runtime`,
      {
        cause: error,
      },
    );
  }
}

import {
  bindingController,
  machineNetworkController,
  packageController,
  serviceInterfaceController,
} from "@freehold/controllers";
import { Engine } from "@freehold/engine";
import type { ResourceStore } from "@freehold/store";
import type { Logger } from "pino";

/** The controllers of which only one set may run, whatever the number of servers; not started yet. */
export function clusterControllers(store: ResourceStore, log: Logger): Engine {
  const engine = new Engine({
    store,
    component: "server",
    onBug: (controller, name, error) =>
      log.error({ controller, object: name, err: error }, "unexpected failure"),
  });
  engine.addTransformer(packageController);
  engine.addTransformer(bindingController);
  engine.addTransformer(serviceInterfaceController);
  engine.addTransformer(machineNetworkController);
  return engine;
}

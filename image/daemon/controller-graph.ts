import {
  archiveController,
  bindingController,
  bridgeController,
  containerController,
  machineNetworkController,
  machineSensor,
  packageController,
  packetRulesController,
  serviceInterfaceController,
  volumeController,
} from "@freehold/controllers";
import { type GraphNode, realizerNode, sensorNode, transformerNode } from "@freehold/engine";

/** The edges of every controller of server and agent, as they declare them; a test holds this list to what both register. */
export function controllerGraph(): readonly GraphNode[] {
  return [
    transformerNode(packageController),
    transformerNode(bindingController),
    transformerNode(serviceInterfaceController),
    transformerNode(machineNetworkController),
    sensorNode(machineSensor),
    realizerNode(bridgeController),
    realizerNode(packetRulesController),
    realizerNode(volumeController),
    realizerNode(archiveController),
    realizerNode(containerController),
  ];
}

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
import { finalizerOf, type GraphNode, realizerNode, sensorNode, transformerNode } from "@freehold/engine";

/** What derives resources from resources, on whichever server leads. */
export const transformers = [
  packageController,
  bindingController,
  serviceInterfaceController,
  machineNetworkController,
] as const;

const realizers = [
  bridgeController,
  packetRulesController,
  volumeController,
  archiveController,
  containerController,
] as const;

/** The edges of every controller of server and agent, as they declare them; a test holds this list to what both register. */
export function controllerGraph(): readonly GraphNode[] {
  return [...transformers.map(transformerNode), ...realizers.map(realizerNode), sensorNode(machineSensor)];
}

/** Finalizers that new objects are born with, by kind id: one of each controller that looks after them. */
export function inbornFinalizers(): Readonly<Record<string, readonly string[]>> {
  const claims = [
    ...transformers.map(({ name, input }) => ({ name, kind: input.id })),
    ...realizers.map(({ name, kind }) => ({ name, kind: kind.id })),
  ];
  const byKind = Map.groupBy(claims, ({ kind }) => kind);
  return Object.fromEntries(
    [...byKind].map(([kind, all]) => [kind, all.map(({ name }) => finalizerOf(name))]),
  );
}

import type { ResourceOf } from "@freehold/apis";
import { bindingKind, bridgeKind, packetRulesKind } from "@freehold/apis/network";
import { packageKind, serviceReportKind } from "@freehold/apis/package";
import { machineKind } from "@freehold/apis/system";
import { containerKind } from "@freehold/apis/workload";
import { type Desired, desired, type Transformer, type World } from "@freehold/engine";

import { subnetOf } from "./subnet.ts";

type Machine = ResourceOf<typeof machineKind>;
type Container = ResourceOf<typeof containerKind>;
type PacketRules = ResourceOf<typeof packetRulesKind>;

/** Machine → its bridge and its packet rules. */
export const machineNetworkController: Transformer<Machine> = {
  name: "network.machine",
  input: machineKind,
  outputs: [bridgeKind, packetRulesKind],
  reads: [containerKind, bindingKind, serviceReportKind, packageKind],
  // Few machines, and each change may concern any: look at all.
  touchedBy: (_changed, world) => world.list(machineKind).map(({ metadata }) => ({ name: metadata.name })),
  derive: deriveMachineNetwork,
};

export function deriveMachineNetwork(machine: Machine, world: World): readonly Desired[] {
  const { name } = machine.metadata;
  const cidr = machine.spec.bridgeCidr;
  const containers = world.list(containerKind).filter(({ spec }) => spec.machine === name);
  return [
    desired({ kind: bridgeKind, name, spec: { machine: name, cidr } }),
    desired({
      kind: packetRulesKind,
      name,
      spec: {
        machine: name,
        subnet: subnetOf(cidr),
        forwards: forwardsOf(containers, world),
        allowed: allowedOf(containers, world),
      },
    }),
  ];
}

function forwardsOf(containers: readonly Container[], world: World): PacketRules["spec"]["forwards"] {
  return world
    .list(bindingKind)
    .flatMap((binding) => {
      const container = containers.find(
        ({ metadata }) =>
          metadata.namespace === binding.metadata.namespace && metadata.name === binding.spec.package,
      );
      const hostPort = binding.status?.assignedPort;
      if (!container || hostPort === undefined || !binding.spec.enabled) return [];
      const { internalPort } = binding.spec;
      return [{ protocol: "tcp" as const, hostPort, address: container.spec.ipv4, port: internalPort }];
    })
    .toSorted((a, b) => a.hostPort - b.hostPort);
}

/** A package may open connections to what it declared a dependency on, and to nothing else. */
function allowedOf(containers: readonly Container[], world: World): PacketRules["spec"]["allowed"] {
  return containers
    .flatMap((from) => {
      const { name, namespace } = from.metadata;
      const report = world.get(serviceReportKind, name, namespace);
      const mapping = world.get(packageKind, name, namespace)?.spec.dependencies ?? {};
      return (report?.spec.dependencies ?? []).flatMap(({ id }) => {
        const to = containers.find(
          (other) => other.metadata.namespace === namespace && serves(other, id, mapping[id]),
        );
        return to && to !== from ? [{ from: from.spec.ipv4, to: to.spec.ipv4 }] : [];
      });
    })
    .toSorted((a, b) => `${a.from} ${a.to}`.localeCompare(`${b.from} ${b.to}`));
}

function serves(container: Container, id: string, chosen: string | undefined): boolean {
  return chosen === undefined ? container.spec.packageId === id : container.metadata.name === chosen;
}

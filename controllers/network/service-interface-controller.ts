import type { ResourceOf } from "@freehold/apis";
import { bindingKind } from "@freehold/apis/network";
import { packageKind, serviceInterfaceKind } from "@freehold/apis/package";
import { machineKind } from "@freehold/apis/system";
import { containerKind } from "@freehold/apis/workload";
import type { Outcome, Transformer, World } from "@freehold/engine";

import { addressOf } from "./subnet.ts";

type ServiceInterface = ResourceOf<typeof serviceInterfaceKind>;

/** Says where a package's interface answers. */
export const serviceInterfaceController: Transformer<ServiceInterface> = {
  name: "network.service-interface",
  input: serviceInterfaceKind,
  outputs: [],
  reads: [bindingKind, machineKind, containerKind, packageKind],
  derive: () => [],
  touchedBy: (changed, world) =>
    packageKind.matches(changed) ? [] : world.list(serviceInterfaceKind).map(({ metadata }) => metadata),
  summarise: summariseInterface,
};

export function summariseInterface(
  face: ServiceInterface,
  world: World,
): { status: object; outcome: Outcome } {
  const { namespace } = face.metadata;
  const binding = world
    .list(bindingKind)
    .find(
      ({ spec, metadata }) =>
        metadata.namespace === namespace &&
        spec.package === face.spec.package &&
        spec.hostId === face.spec.hostId &&
        spec.internalPort === face.spec.internalPort,
    );
  const port = binding?.status?.assignedPort;
  const container = world.get(containerKind, face.spec.package, namespace);
  const machine = container && world.get(machineKind, container.spec.machine);
  if (port === undefined || !machine || !binding?.spec.enabled) {
    return { status: {}, outcome: { type: "waiting", reason: "NoPort", message: "no port outside yet" } };
  }
  const addresses = [...(machine.status?.addresses ?? []), addressOf(machine.spec.bridgeCidr)];
  const urls = addresses.map((address) => urlOf(face, address, port));
  return { status: { urls }, outcome: { type: "ready" } };
}

function urlOf(face: ServiceInterface, address: string, port: number): string {
  const { scheme, username, suffix } = face.spec;
  const host = address.includes(":") ? `[${address}]` : address;
  const user = typeof username === "string" && username !== "" ? `${username}@` : "";
  const prefix = typeof scheme === "string" ? `${scheme}://` : "";
  return `${prefix}${user}${host}:${port}${suffix ?? ""}`;
}

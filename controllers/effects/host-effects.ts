import type { ResourceOf } from "@freehold/apis";
import { bindingKind } from "@freehold/apis/network";
import { serviceInterfaceKind } from "@freehold/apis/package";
import { machineKind } from "@freehold/apis/system";
import { containerKind } from "@freehold/apis/workload";

import { type Effect, type EffectContext, EffectError } from "./effect-context.ts";
import { containerOf, packageNameOf } from "./find-other.ts";
import { hostInfoOf, interfaceInfoOf, netInfoOf } from "./host-info.ts";

type Binding = ResourceOf<typeof bindingKind>;
type ServiceInterface = ResourceOf<typeof serviceInterfaceKind>;

const getHostInfo: Effect = async (params, context) => {
  const packageId = params.optionalText("packageId");
  const hostId = params.id("hostId");
  return context.callbacks.watch(
    { container: context.container, id: params.callback() },
    [bindingKind, serviceInterfaceKind, machineKind, containerKind],
    () => {
      const name = packageNameOf(packageId, context);
      const bindings = bindingsOf(name, context).filter(({ spec }) => spec.hostId === hostId);
      const container = containerOf(packageId, context);
      const machine = container && context.world.get(machineKind, container.spec.machine);
      if (bindings.length === 0 || !machine) return null;
      const { bridgeCidr } = machine.spec;
      const addresses = machine.status?.addresses ?? [];
      return hostInfoOf(bindings, interfacesOf(name, context), { bridgeCidr, addresses });
    },
  );
};

const getServicePortForward: Effect = async (params, context) => {
  const packageId = params.optionalText("packageId");
  const hostId = params.id("hostId");
  const internalPort = params.port("internalPort");
  const name = packageNameOf(packageId, context);
  const found = bindingsOf(name, context).find(
    ({ spec }) => spec.hostId === hostId && spec.internalPort === internalPort,
  );
  if (found?.status?.assignedPort === undefined) {
    throw new EffectError(
      `Cannot tell the port of "${hostId}" ${internalPort}: ${found ? "it has none yet" : "it is not bound"}`,
    );
  }
  return netInfoOf(found.status.assignedPort);
};

const getServiceInterface: Effect = async (params, context) => {
  const packageId = params.optionalText("packageId");
  const id = params.id("serviceInterfaceId");
  return context.callbacks.watch(
    { container: context.container, id: params.callback() },
    [serviceInterfaceKind, containerKind],
    () => {
      const found = interfacesOf(packageNameOf(packageId, context), context).find(
        ({ spec }) => spec.id === id,
      );
      return found ? interfaceInfoOf(found) : null;
    },
  );
};

const listServiceInterfaces: Effect = async (params, context) => {
  const packageId = params.optionalText("packageId");
  return context.callbacks.watch(
    { container: context.container, id: params.callback() },
    [serviceInterfaceKind, containerKind],
    () => {
      const found = interfacesOf(packageNameOf(packageId, context), context);
      return Object.fromEntries(found.map((face) => [face.spec.id, interfaceInfoOf(face)]));
    },
  );
};

function bindingsOf(name: string | undefined, { world, caller }: EffectContext): readonly Binding[] {
  return world
    .list(bindingKind)
    .filter(({ metadata, spec }) => metadata.namespace === caller.namespace && spec.package === name);
}

function interfacesOf(
  name: string | undefined,
  { world, caller }: EffectContext,
): readonly ServiceInterface[] {
  return world
    .list(serviceInterfaceKind)
    .filter(({ metadata, spec }) => metadata.namespace === caller.namespace && spec.package === name);
}

export const hostEffects: Readonly<Record<string, Effect>> = {
  "get-host-info": getHostInfo,
  "get-service-port-forward": getServicePortForward,
  "get-service-interface": getServiceInterface,
  "list-service-interfaces": listServiceInterfaces,
};

import type { LinkHost, MachineHost } from "@freehold/agent-ports";
import { machineKind } from "@freehold/apis/system";
import { desired, type Sensor } from "@freehold/engine";

export interface MachineSensorHost {
  readonly machine: string;
  readonly facts: MachineHost;
  readonly links: LinkHost;
  readonly bridgeCidr: string;
  readonly dataPath: string;
}

/** Tells of the machine the agent runs on. */
export const machineSensor: Sensor<MachineSensorHost> = {
  name: "system.machine",
  outputs: [machineKind],
  changes: ({ links }, signal) => links.changes(signal),
  sense: async (host) => {
    const [facts, addresses] = await Promise.all([host.facts.facts(), host.links.addresses()]);
    const { architecture, kernel, os, cgroups, memoryBytes, cpus, features } = facts;
    return [
      desired({
        kind: machineKind,
        name: host.machine,
        spec: { architecture, bridgeCidr: host.bridgeCidr, dataPath: host.dataPath },
        status: {
          kernel,
          os,
          cgroups,
          memoryBytes,
          cpus,
          addresses: [...addresses],
          features: { ...features },
        },
      }),
    ];
  },
};

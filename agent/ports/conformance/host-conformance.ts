import { archiveHostConformance } from "./archive-host-conformance.ts";
import type { CreateSetup } from "./conformance-setup.ts";
import { containerHostConformance } from "./container-host-conformance.ts";
import { linkHostConformance } from "./link-host-conformance.ts";
import { machineHostConformance } from "./machine-host-conformance.ts";
import { mountHostConformance } from "./mount-host-conformance.ts";
import { packetHostConformance } from "./packet-host-conformance.ts";
import { runtimeHostConformance } from "./runtime-host-conformance.ts";

/** The suites of all ports. */
export function hostConformance(name: string, createSetup: CreateSetup): void {
  mountHostConformance(name, createSetup);
  containerHostConformance(name, createSetup);
  linkHostConformance(name, createSetup);
  packetHostConformance(name, createSetup);
  archiveHostConformance(name, createSetup);
  runtimeHostConformance(name, createSetup);
  machineHostConformance(name, createSetup);
}

export { archiveHostConformance } from "./archive-host-conformance.ts";
export {
  type ConformanceSetup,
  type CreateSetup,
  newCancellation,
  seenThrough,
} from "./conformance-setup.ts";
export {
  conformanceDefinition,
  containerHostConformance,
  prepareRoot,
} from "./container-host-conformance.ts";
export { hostConformance } from "./host-conformance.ts";
export { linkHostConformance } from "./link-host-conformance.ts";
export { machineHostConformance } from "./machine-host-conformance.ts";
export { mountHostConformance } from "./mount-host-conformance.ts";
export { packetHostConformance } from "./packet-host-conformance.ts";
export { runtimeHostConformance } from "./runtime-host-conformance.ts";

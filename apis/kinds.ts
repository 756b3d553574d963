import { configMapKind, eventKind, leaseKind, namespaceKind, secretKind } from "./core/index.ts";
import { customResourceDefinitionKind } from "./extensions/index.ts";
import type { Kind } from "./meta/kind.ts";
import { bindingKind, bridgeKind, packetRulesKind } from "./network/index.ts";
import {
  actionKind,
  archiveKind,
  packageKind,
  serviceInterfaceKind,
  serviceReportKind,
} from "./package/index.ts";
import { accessKinds } from "./rbac/index.ts";
import { volumeKind } from "./storage/index.ts";
import { machineKind } from "./system/index.ts";
import { containerKind } from "./workload/index.ts";

/** Every kind served from the start; CustomResourceDefinitions add to them at run time. */
export const builtInKinds: readonly Kind[] = [
  namespaceKind,
  secretKind,
  configMapKind,
  eventKind,
  leaseKind,
  customResourceDefinitionKind,
  machineKind,
  packageKind,
  archiveKind,
  containerKind,
  volumeKind,
  actionKind,
  serviceInterfaceKind,
  serviceReportKind,
  bindingKind,
  bridgeKind,
  packetRulesKind,
  ...accessKinds,
];

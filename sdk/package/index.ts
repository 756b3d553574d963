export type { Effects } from "./abi/effects.ts";
export type { Action, PackageExports, Running } from "./abi/package-exports.ts";
export type {
  ActionInput,
  ActionMetadata,
  ActionResult,
  AddSsl,
  BindOptions,
  DependencyRequirement,
  HealthResult,
  HealthStatus,
  InitKind,
  Localized,
  ServiceInterface,
} from "./abi/values.ts";
export type {
  Daemon,
  DaemonDefinition,
  Oneshot,
  ProgramDefinition,
  VolumeMount,
} from "./daemons/daemon-definition.ts";
export { failing, healthy } from "./health/health-check.ts";
export type { HealthCheck } from "./health/health-check.ts";
export { portListening } from "./health/port-listening.ts";
export { webUrl } from "./health/web-url.ts";
export type { ActionDefinition } from "./setup/actions.ts";
export { definePackage } from "./setup/define-package.ts";
export type { PackageDefinition } from "./setup/define-package.ts";
export type { InterfaceDefinition } from "./setup/export-interfaces.ts";
export type { PackageManifest } from "./setup/package-manifest.ts";
export { Subcontainer } from "./subcontainer/subcontainer.ts";
export type { ExecOptions, ExecResult } from "./subcontainer/subcontainer.ts";

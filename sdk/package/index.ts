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

export type { ArchiveFile, ArchiveHost, ArchiveOrigin, ArchiveState } from "./archive-host.ts";
export type { Cancellation } from "./cancellation.ts";
export type {
  ContainerDefinition,
  ContainerHost,
  ContainerState,
  ExecRequest,
  ExecResult,
  Limits,
} from "./container-host.ts";
export type { Host } from "./host.ts";
export { HostError, type HostErrorCode, isHostError } from "./host-error.ts";
export type { BridgeState, LinkHost } from "./link-host.ts";
export type { MachineFacts, MachineHost } from "./machine-host.ts";
export type {
  BindDefinition,
  Directory,
  IdMap,
  ImageSource,
  MountHost,
  MountPoint,
  OverlayDefinition,
} from "./mount-host.ts";
export type { PacketForward, PacketHost, PacketTable } from "./packet-host.ts";
export type { EffectHandler, RuntimeHost } from "./runtime-host.ts";

export {
  startApiServer,
  type ApiServer,
  type ApiServerOptions,
  type KubeconfigOptions,
} from "./server/api-server.ts";
export type { VerifyArchive } from "./uploads/verification.ts";
export { KindTable } from "./registry/kind-table.ts";
export { Registry, type RegistryPorts } from "./registry/registry.ts";
export { registryStore } from "./registry/registry-store.ts";

export type {
  Backend,
  Batch,
  Change,
  Compare,
  Entry,
  RangeOptions,
  RangeResult,
  Revision,
  Write,
} from "./backend.ts";
export { EmbeddedBackend } from "./embedded/embedded-backend.ts";
export { EtcdBackend } from "./etcd/etcd-backend.ts";
export { EncryptedBackend, loadEncryptionKey } from "./encrypted/encrypted-backend.ts";
export { isStoreError, StoreError, type StoreErrorCode } from "./errors.ts";
export { MemoryBackend } from "./memory/memory-backend.ts";
export type { ResourceChange, ResourceStore, Writer } from "./resource-store.ts";

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
export { backupStore, type CheckedStore, checkStore } from "./embedded/backup-store.ts";
export { EmbeddedBackend, type EmbeddedOptions } from "./embedded/embedded-backend.ts";
export { EtcdBackend } from "./etcd/etcd-backend.ts";
export { EncryptedBackend, loadEncryptionKey } from "./encrypted/encrypted-backend.ts";
export { openValue } from "./encrypted/sealed-value.ts";
export { isStoreError, StoreError, type StoreErrorCode } from "./errors.ts";
export { migrateStore } from "./migrate-store.ts";
export { MemoryBackend } from "./memory/memory-backend.ts";
export type { ResourceChange, ResourceStore, Writer } from "./resource-store.ts";
export { acquireLease, type LeaseOptions } from "./lease/acquire-lease.ts";
export type { Clock } from "./lease/clock.ts";
export { type Fence, fencedBackend } from "./lease/fenced-backend.ts";
export type { Lease } from "./lease/held-lease.ts";

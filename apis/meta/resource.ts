/** An owner in the sense of Kubernetes garbage collection. */
export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

/** One entry of `metadata.managedFields`; `fieldsV1` is the trie of server-side apply. */
export interface ManagedFieldsEntry {
  manager?: string;
  operation?: "Apply" | "Update";
  apiVersion?: string;
  time?: string;
  fieldsType?: string;
  fieldsV1?: unknown;
  subresource?: string;
}

/** Kubernetes ObjectMeta. Times are RFC 3339, UTC, whole seconds. `resourceVersion` is the store's revision in decimal. */
export interface ObjectMeta {
  name: string;
  namespace?: string;
  generateName?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  ownerReferences?: OwnerReference[];
  managedFields?: ManagedFieldsEntry[];
}

/** The Kubernetes envelope. Kinds without spec and status (Secret, Event, …) carry their own members beside it. */
export interface Resource<Spec = unknown, Status = unknown> {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
  spec: Spec;
  status?: Status;
}

/** metav1.Condition. */
export interface Condition {
  type: string;
  status: "True" | "False" | "Unknown";
  reason: string;
  message: string;
  observedGeneration?: number;
  lastTransitionTime: string;
}

/** Nested progress of long work; the same shape everywhere. */
export interface Progress {
  phase: string;
  done: number;
  total?: number;
  unit?: "bytes" | "steps" | "files";
  /** Units per second over the last seconds. */
  rate?: number;
  etaSeconds?: number;
}

/** What the engine writes into every status; a kind's own fields come beside it. */
export interface CommonStatus {
  observedGeneration?: number;
  conditions?: Condition[];
  progress?: Progress;
}

/** Names one object. `kind` is the kind's id: `Volume.storage.freehold.dev`, or `Secret` for the core group. */
export interface Ref {
  kind: string;
  namespace?: string;
  name: string;
}

export function isTearingDown(resource: { metadata: ObjectMeta }): boolean {
  return resource.metadata.deletionTimestamp !== undefined;
}

/** `Volume.storage.freehold.dev default/main`: one object in one line, unique, for keys, logs and messages. */
export function refKey(ref: Ref): string {
  return `${ref.kind} ${ref.namespace === undefined ? "" : `${ref.namespace}/`}${ref.name}`;
}

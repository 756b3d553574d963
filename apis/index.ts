export * from "./meta/fields.ts";
export { defineBareKind, defineKind } from "./meta/kind.ts";
export type { Column, Kind, KindFacts, ReasonText, ResourceOf } from "./meta/kind.ts";
export { InvalidError, type Problem } from "./meta/problem.ts";
export { parseQuantity, QUANTITY_PATTERN } from "./meta/quantity.ts";
export { isTearingDown, refKey } from "./meta/resource.ts";
export type {
  CommonStatus,
  Condition,
  ManagedFieldsEntry,
  ObjectMeta,
  OwnerReference,
  Progress,
  Ref,
  Resource,
} from "./meta/resource.ts";
export type { SchemaCheck } from "./meta/schema.ts";
export { type FieldPath, showPath } from "./meta/field-path.ts";
export { hashNumber, stableHash } from "./meta/stable-hash.ts";
export { pruneUnknownFields } from "./meta/unknown-fields.ts";
export { builtInKinds } from "./kinds.ts";

import type { FieldsV1 } from "./fields-v1.ts";
import { fieldsAt } from "./fields-v1.ts";
import type { ManagerId } from "./managers.ts";
import type { Versions } from "./versions.ts";

/** A write, as far as ownership is concerned. */
export interface WriteContext {
  /** Who writes; its apiVersion is the one the objects are in. */
  readonly by: ManagerId;
  readonly versions: Versions;
  /** Paths this endpoint does not write: nobody comes to own them, or anything below, by it. */
  readonly ignored: FieldsV1;
  /** RFC 3339, whole seconds. */
  readonly now: string;
}

/** Paths that are the server's or name the object, and so are nobody's. */
export const UNOWNED: FieldsV1 = fieldsAt(
  ["apiVersion"],
  ["kind"],
  ["metadata"],
  ["metadata", "name"],
  ["metadata", "namespace"],
  ["metadata", "creationTimestamp"],
  ["metadata", "selfLink"],
  ["metadata", "uid"],
  ["metadata", "clusterName"],
  ["metadata", "generation"],
  ["metadata", "managedFields"],
  ["metadata", "resourceVersion"],
);

import type { Kind, Resource } from "@freehold/apis";

import { applyConfig } from "../apply/apply-config.ts";
import { conflictCauses, conflictMessage } from "../apply/conflict.ts";
import { storedManagers, writeManagers } from "../apply/managers.ts";
import { applyConflict, conflict } from "../errors/object-errors.ts";
import { at, type JsonObject } from "../json/json-object.ts";
import { type Owners, withoutOwners, type Writing, writeContext } from "./field-owners.ts";

/** An object as applied, to be checked like any that is sent, and who owns what in it then. */
export interface Applied {
  readonly object: JsonObject;
  readonly owners: Owners;
}

export interface ApplyPlan {
  readonly writing: Writing;
  /** Whether to take fields from others. */
  readonly force: boolean;
}

/** Lays a configuration over what there is, if anything. Throws 409 with what others own. */
export function prepareApply(
  kind: Kind,
  current: Resource | undefined,
  config: JsonObject,
  { writing, force }: ApplyPlan,
): Applied {
  const live = current ? withoutOwners(current) : {};
  const managers = storedManagers(current?.metadata.managedFields ?? []);
  const context = writeContext(kind, writing, "Apply");
  const result = applyConfig({ live, config, managers, force }, context);
  if (result.type === "applied") return { object: result.object, owners: writeManagers(result.managers) };
  throw applyConflict(conflictMessage(result.conflicts), conflictCauses(result.conflicts));
}

/** A configuration that names a uid is of an object that was there; a new one would be another. Throws 409. */
export function checkMayCreate(kind: Kind, name: string, config: JsonObject): void {
  const uid = at(config, "metadata", "uid");
  if (typeof uid !== "string") return;
  const found = `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`;
  throw conflict(kind, name, found);
}

import type { ManagedFieldsEntry } from "@freehold/apis";

import { compareText } from "../json/compare-text.ts";
import { union } from "./field-set.ts";
import { EMPTY, type FieldsV1, isBare } from "./fields-v1.ts";
import { readFields, sortFields } from "./read-fields.ts";

export type Operation = "Apply" | "Update";

/** Who a set of fields belongs to. Two are one when everything is equal; for Apply the version does not count. */
export interface ManagerId {
  readonly manager: string;
  readonly operation: Operation;
  readonly apiVersion: string;
  /** "" for the object itself. */
  readonly subresource: string;
}

/** A manager and what it owns. */
export interface Manager extends ManagerId {
  /** RFC 3339, whole seconds. */
  readonly time: string | undefined;
  readonly fields: FieldsV1;
}

export type Managers = readonly Manager[];

export function isSame(a: ManagerId, b: ManagerId): boolean {
  return (
    a.manager === b.manager &&
    a.operation === b.operation &&
    a.subresource === b.subresource &&
    (a.operation === "Apply" || a.apiVersion === b.apiVersion)
  );
}

/** Reads `metadata.managedFields`; undefined when it cannot be read. */
export function readManagers(entries: readonly ManagedFieldsEntry[]): Managers | undefined {
  const managers: Manager[] = [];
  for (const entry of entries) {
    const read = readManager(entry);
    if (!read) return undefined;
    const twin = managers.findIndex((other) => isSame(other, read));
    const other = managers[twin];
    if (other) managers[twin] = { ...read, fields: sortFields(union(other.fields, read.fields)) };
    else managers.push(read);
  }
  return managers;
}

/** The same of entries that were read and written here before: what is in the store need not be proved again with each write. */
export function storedManagers(entries: readonly ManagedFieldsEntry[]): Managers {
  return entries.map(
    ({ manager = "", operation = "Update", apiVersion = "", subresource = "", time, fieldsV1 }) => {
      const fields = (fieldsV1 ?? EMPTY) as FieldsV1;
      return { manager, operation, apiVersion, subresource, time, fields };
    },
  );
}

function readManager(entry: ManagedFieldsEntry): Manager | undefined {
  const { manager = "", operation, apiVersion = "", subresource = "", time, fieldsType, fieldsV1 } = entry;
  const isKnown = operation === "Apply" || operation === "Update";
  const texts = [manager, apiVersion, subresource, time ?? ""];
  if (!isKnown || fieldsType !== "FieldsV1" || texts.some((text) => typeof text !== "string"))
    return undefined;
  const fields = readFields(fieldsV1 ?? {});
  return fields && { manager, operation, apiVersion, subresource, time: time ?? undefined, fields };
}

/** As `metadata.managedFields`: those that own something; appliers first, then by time, manager, version and subresource. */
export function writeManagers(managers: Managers): ManagedFieldsEntry[] {
  return managers
    .filter(({ fields }) => !isBare(fields))
    .sort(compareManagers)
    .map(({ manager, operation, apiVersion, subresource, time, fields }) => ({
      manager,
      operation,
      apiVersion,
      ...(time !== undefined && { time }),
      fieldsType: "FieldsV1",
      fieldsV1: fields,
      ...(subresource !== "" && { subresource }),
    }));
}

export function compareManagers(a: Manager, b: Manager): number {
  return (
    compareText(a.operation, b.operation) ||
    secondsOf(a) - secondsOf(b) ||
    compareText(a.manager, b.manager) ||
    compareText(a.apiVersion, b.apiVersion) ||
    compareText(a.subresource, b.subresource)
  );
}

/** Seconds since the epoch; 0 when no time is known. */
export function secondsOf({ time }: Manager): number {
  const found = time === undefined ? Number.NaN : Date.parse(time);
  return Number.isNaN(found) ? 0 : Math.floor(found / 1000);
}

import type { Column, Kind, Resource } from "@freehold/apis";

import { isCustomKind } from "../crd/custom-kind.ts";
import { humanDuration } from "./human-duration.ts";
import { compileJsonPath } from "./json-path.ts";

/** What a row carries beside its cells. */
export type IncludeObject = "None" | "Metadata" | "Object";

interface ColumnDefinition {
  readonly name: string;
  readonly type: string;
  readonly format: string;
  readonly description: string;
  readonly priority: number;
}

export interface Table {
  readonly kind: "Table";
  readonly apiVersion: string;
  readonly metadata: object;
  /** Null after the first frame of a watch. */
  readonly columnDefinitions: readonly ColumnDefinition[] | null;
  readonly rows: readonly { readonly cells: readonly unknown[]; readonly object: unknown }[];
}

const NAME: Column = {
  name: "Name",
  type: "string",
  jsonPath: ".metadata.name",
  description: "Name, unique within its namespace.",
};
const AGE: Column = {
  name: "Age",
  type: "date",
  jsonPath: ".metadata.creationTimestamp",
  description: "Time since creation.",
};

export interface TableOptions {
  readonly metadata: object;
  readonly includeObject: IncludeObject;
  /** `v1` or `v1beta1`. */
  readonly version: string;
  readonly now: number;
}

/** Objects of one kind as the table kubectl prints. */
export function tableOf(kind: Kind, resources: readonly Resource[], options: TableOptions): Table {
  const columns = columnsOf(kind);
  const cells = columns.map((column) => ({ read: readerOf(kind, column), type: column.type }));
  return {
    kind: "Table",
    apiVersion: `meta.k8s.io/${options.version}`,
    metadata: options.metadata,
    columnDefinitions: columns.map(definitionOf),
    rows: resources.map((resource) => ({
      cells: cells.map(({ read, type }) => cellOf(read(resource)[0], type, options.now)),
      object: includedObject(resource, options),
    })),
  };
}

/** Metadata alone, as garbage collectors and metadata clients ask for it. */
export function partialMetadata(resource: Resource, version = "v1"): object {
  return { kind: "PartialObjectMetadata", apiVersion: `meta.k8s.io/${version}`, metadata: resource.metadata };
}

function columnsOf(kind: Kind): readonly Column[] {
  // An event's name says nothing, and kubectl shows when it was last seen instead of its age.
  if (kind.id === "Event") return kind.columns;
  // A definition that names columns says all there are; and what shows its creation has its age already.
  const isComplete = isCustomKind(kind) && kind.columns.length > 0;
  if (isComplete || kind.columns.some(({ jsonPath }) => jsonPath === AGE.jsonPath))
    return [NAME, ...kind.columns];
  return [NAME, ...kind.columns, AGE];
}

function readerOf(kind: Kind, { name, jsonPath }: Column): (resource: Resource) => readonly unknown[] {
  // `volume/main` says more than `main`, and no simple path can join the two.
  if (kind.id === "Event" && name === "Object") {
    const parts = [compileJsonPath(".involvedObject.kind"), compileJsonPath(".involvedObject.name")];
    return (event) => [
      parts
        .flatMap((read) => read(event))
        .join("/")
        .toLowerCase(),
    ];
  }
  return compileJsonPath(jsonPath);
}

function definitionOf(column: Column): ColumnDefinition {
  return {
    name: column.name,
    type: column.type,
    format: column === NAME ? "name" : "",
    description: column.description ?? "",
    priority: column.priority ?? 0,
  };
}

function cellOf(value: unknown, type: Column["type"], now: number): unknown {
  if (value === undefined || value === null) return null;
  switch (type) {
    case "integer":
      return numberCell(Math.trunc(Number(value)));
    case "number":
      return numberCell(Number(value));
    case "boolean":
      return typeof value === "boolean" ? value : value === "true" || null;
    case "date":
      return ageCell(value, now);
    case "string":
      return typeof value === "string" ? value : JSON.stringify(value);
  }
}

function numberCell(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function ageCell(value: unknown, now: number): string {
  const time = typeof value === "string" ? Date.parse(value) : NaN;
  return Number.isNaN(time) ? "<invalid>" : humanDuration(now - time);
}

function includedObject(resource: Resource, { includeObject, version }: TableOptions): unknown {
  if (includeObject === "None") return null;
  return includeObject === "Object" ? resource : partialMetadata(resource, version);
}

import type { Kind, Resource } from "@freehold/apis";
import type { Entry } from "@freehold/store";

import { type CustomFacts, customOf } from "../crd/custom-kind.ts";
import { shapeObject } from "../crd/shape-object.ts";
import { decode } from "./codec.ts";

/**
 * What is stored, as objects of the kind: in its version, without what its schema does not know (any more), with the defaults it has
 * (by now). A promise only where that takes a conversion by somebody else.
 */
export function openEntries(
  kind: Kind,
  entries: readonly Entry[],
  revision?: number,
): readonly Resource[] | Promise<readonly Resource[]> {
  const resources = entries.map((entry) => decode(entry, revision));
  const custom = customOf(kind);
  return custom ? openCustom(custom, kind.apiVersion, resources) : resources;
}

/** Opens entries one after another; what takes a conversion by somebody else is converted before, all at once. */
export async function openerOf(kind: Kind, entries: readonly Entry[]): Promise<(entry: Entry) => Resource> {
  if (!customOf(kind)) return (entry) => decode(entry);
  const opened = await openEntries(kind, entries);
  const byEntry = new Map(entries.map((entry, i) => [entry, opened[i]]));
  return (entry) => byEntry.get(entry) ?? decode(entry);
}

export async function openEntry(kind: Kind, entry: Entry, revision?: number): Promise<Resource> {
  const [resource] = await openEntries(kind, [entry], revision);
  if (!resource) throw new Error(`Cannot open "${entry.key}": its conversion returned nothing`);
  return resource;
}

function openCustom(
  custom: CustomFacts,
  apiVersion: string,
  resources: readonly Resource[],
): readonly Resource[] | Promise<readonly Resource[]> {
  const shaped = (all: readonly Resource[]): readonly Resource[] => all.map((one) => shape(custom, one));
  const others = resources.filter((one) => one.apiVersion !== apiVersion);
  if (others.length === 0) return shaped(resources);
  const merge = (converted: readonly Resource[]): readonly Resource[] => {
    const next = converted.values();
    return shaped(resources.map((one) => (one.apiVersion === apiVersion ? one : (next.next().value ?? one))));
  };
  const converted = custom.converter.convert(others, apiVersion);
  return converted instanceof Promise ? converted.then(merge) : merge(converted);
}

/** What is written, and what it will be read as. */
export interface Written {
  readonly stored: Resource;
  readonly answered: Resource;
}

/** An object in the version its kind is kept in. What that version does not have is lost, and the answer says so. */
export async function toStored(kind: Kind, resource: Resource): Promise<Written> {
  const custom = customOf(kind);
  if (!custom || resource.apiVersion === custom.storedAs) return { stored: resource, answered: resource };
  const [converted] = await custom.converter.convert([resource], custom.storedAs);
  if (!converted)
    throw new Error(`Cannot store "${resource.metadata.name}": its conversion returned nothing`);
  const schema = custom.versions.get(custom.storedAs) ?? custom.schema;
  const stored = shape({ ...custom, schema }, structuredClone(converted));
  const [answered] = await openCustom(custom, kind.apiVersion, [structuredClone(stored)]);
  return { stored, answered: answered ?? resource };
}

function shape(custom: CustomFacts, resource: Resource): Resource {
  const { metadata, ...members } = resource;
  // What does not fit went in under an older schema; it is nobody's fault now.
  shapeObject(custom.schema, members);
  return { ...members, metadata };
}

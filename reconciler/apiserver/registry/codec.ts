import type { Resource } from "@freehold/apis";
import type { Entry } from "@freehold/store";

const decoder = new TextDecoder("utf-8", { fatal: true });
const encoder = new TextEncoder();

/** Stored JSON has no resourceVersion: that is the entry's revision, filled in on reading. */
export function decode(entry: Entry, revision: number = entry.modRevision): Resource {
  // Only objects that passed the kind's check are ever written below our prefix.
  const resource = JSON.parse(decoder.decode(entry.value)) as Resource;
  resource.metadata.resourceVersion = String(revision);
  return resource;
}

export function encode(resource: Resource): Uint8Array {
  const { resourceVersion: _, ...metadata } = resource.metadata;
  return encoder.encode(JSON.stringify({ ...resource, metadata }));
}

/** The object as written at a revision. */
export function stamped(resource: Resource, revision: number): Resource {
  return { ...resource, metadata: { ...resource.metadata, resourceVersion: String(revision) } };
}

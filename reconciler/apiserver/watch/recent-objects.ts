import type { Kind, Resource } from "@freehold/apis";
import type { Entry } from "@freehold/store";

import { decode } from "../registry/codec.ts";
import { openEntry } from "../registry/stored-form.ts";

/** Events that are on their way to many watchers at a time. */
const MOST = 256;

const recent = new Map<Entry, { readonly revision: number; readonly object: Resource }>();

/**
 * The object of an event, decoded once for all its watchers, who must not change it. Only the newest events are held: every object
 * a store has would be in memory twice otherwise.
 */
export function decodeShared(entry: Entry, revision: number = entry.modRevision): Resource {
  const known = recent.get(entry);
  if (known?.revision === revision) return known.object;
  const object = decode(entry, revision);
  recent.set(entry, { revision, object });
  const [oldest] = recent.keys();
  if (recent.size > MOST && oldest) recent.delete(oldest);
  return object;
}

const opened = new WeakMap<
  Kind,
  Map<Entry, { readonly revision: number; readonly object: Promise<Resource> }>
>();

/** The same for a kind that may have to convert what is stored. */
export function openShared(
  kind: Kind,
  entry: Entry,
  revision: number = entry.modRevision,
): Promise<Resource> {
  const known = opened.get(kind) ?? new Map<Entry, { revision: number; object: Promise<Resource> }>();
  opened.set(kind, known);
  const found = known.get(entry);
  if (found?.revision === revision) return found.object;
  const object = openEntry(kind, entry, revision);
  known.set(entry, { revision, object });
  const [oldest] = known.keys();
  if (known.size > MOST && oldest) known.delete(oldest);
  return object;
}

const texts = new WeakMap<Resource, Map<string, Buffer>>();

/** A text made of such an object, made once for all who want the same of it. */
export function sharedText(object: Resource, form: string, make: () => string): Buffer {
  let forms = texts.get(object);
  if (!forms) texts.set(object, (forms = new Map<string, Buffer>()));
  let text = forms.get(form);
  if (!text) forms.set(form, (text = Buffer.from(make())));
  return text;
}

import type { Kind, Resource } from "@freehold/apis";
import type { Write } from "@freehold/store";

import { equalJson } from "../json/equal-json.ts";
import type { Author } from "./author.ts";
import { historyKey } from "./history-keys.ts";
import { encodeRecord } from "./revision-record.ts";
import { keepsHistory, wishOf } from "./wish-of.ts";

/** An object before and after a write; absent where it was or will be none. */
export interface ObjectChange {
  readonly kind: Kind;
  readonly before: Resource | undefined;
  readonly after: Resource | undefined;
}

/** What goes into the same transaction as the write; nothing when no wish changed. */
export function historyWrites(
  { kind, before, after }: ObjectChange,
  author: Author,
  at: { readonly now: number; readonly suffix: string },
): readonly Write[] {
  const object = after ?? before;
  if (!object || !keepsHistory(kind)) return [];
  const ends = endsNow(before, after);
  if (!ends && (isEnding(after) || sameWish(before, after))) return [];
  const { metadata } = object;
  const value = encodeRecord({
    ...author,
    verb: ends ? "delete" : author.verb,
    time: new Date(at.now).toISOString(),
    uid: metadata.uid,
    generation: metadata.generation,
    wish: wishOf(object),
  });
  return [{ type: "put", key: historyKey(kind, metadata, at.now, at.suffix), value }];
}

/** Its deletion begins; that finalizers hold it a while longer, or no more, is no wish of anybody. */
function endsNow(before: Resource | undefined, after: Resource | undefined): boolean {
  return before !== undefined && !isEnding(before) && (after === undefined || isEnding(after));
}

function isEnding(resource: Resource | undefined): boolean {
  return resource === undefined || resource.metadata.deletionTimestamp !== undefined;
}

function sameWish(before: Resource | undefined, after: Resource | undefined): boolean {
  return before !== undefined && after !== undefined && equalJson(wishOf(before), wishOf(after));
}

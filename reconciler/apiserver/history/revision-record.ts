import { deflateRawSync, inflateRawSync } from "node:zlib";

import type { Author } from "./author.ts";
import type { Wish } from "./wish-of.ts";

/** One change of an object's wish, as it is stored. Its revision is the one the store gave to the write. */
export interface RevisionRecord extends Author {
  /** RFC 3339, UTC. */
  readonly time: string;
  readonly uid?: string | undefined;
  readonly generation?: number | undefined;
  /** What was wished from then on; of a deletion, what was wished until then. */
  readonly wish: Wish;
}

/** Most of it repeats field names: compressed it is a third. Level 1, as this is part of every write. */
const LEVEL = 1;

export function encodeRecord(record: RevisionRecord): Uint8Array {
  return deflateRawSync(JSON.stringify(record), { level: LEVEL });
}

/** Throws what zlib and JSON throw for bytes that are no record. */
export function decodeRecord(bytes: Uint8Array): RevisionRecord {
  // Only encodeRecord writes below the history's root.
  return JSON.parse(inflateRawSync(bytes).toString("utf8")) as RevisionRecord;
}

import type { StoreErrorCode } from "../errors.ts";
import type { Row } from "./rows.ts";

/** Names a row: a key changes once in a revision. */
export interface StoredVersion {
  readonly key: string;
  readonly revision: number;
}

/** What goes to the writer thread. `load` asks for the next slice of what the file held when it was opened. */
export type WriterRequest =
  | { readonly type: "load" }
  | { readonly type: "commit"; readonly rows: readonly Row[] }
  /** One slice of a compaction: the line, and versions that are below it. */
  | { readonly type: "forget"; readonly below: number; readonly versions: readonly StoredVersion[] }
  /** Gives the room in the log back. */
  | { readonly type: "checkpoint" }
  | { readonly type: "close" };

/** What comes back, one answer for each request and in their order. */
export interface WriterReply {
  /** Of a `load`; empty when there is no more. */
  readonly rows?: readonly Row[];
  readonly error?: { readonly code: StoreErrorCode; readonly message: string };
}

/** The first message, before any request. */
export type WriterHello =
  | { readonly opened: { readonly revision: number; readonly compacted: number } }
  | { readonly error: { readonly code: StoreErrorCode; readonly message: string } };

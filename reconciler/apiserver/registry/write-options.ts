import type { Resource } from "@freehold/apis";

import type { Author } from "../history/author.ts";
import type { ObjectChange } from "../history/record-change.ts";
import type { Endpoint } from "./validate.ts";

export interface WriteOptions {
  /** The field manager who writes; `unknown` when nobody says. */
  readonly manager?: string | undefined;
  /** Kept in the history; without it the write is not. */
  readonly author?: Author | undefined;
  /** Everything but the write itself. */
  readonly dryRun?: boolean | undefined;
  /** Called with every object as it is and as it would be stored; may throw to refuse it. */
  readonly admit?: ((change: ObjectChange) => void) | undefined;
  /** Told which fields were dropped; may throw to refuse them. */
  readonly onUnknownFields?: ((paths: readonly string[]) => void) | undefined;
}

export interface UpdateOptions extends WriteOptions {
  readonly endpoint?: Endpoint;
}

export interface ApplyOptions extends UpdateOptions {
  /** Whether to take fields from their managers. */
  readonly force: boolean;
  /** Called with the object as it is and as it is to be; may throw to refuse it. */
  readonly onObject?: ((resource: Resource) => void) | undefined;
  /** Called when there is no object and one is to be made; may throw to refuse it. */
  readonly onMissing?: (() => void) | undefined;
}

export interface ApplyOutcome {
  readonly resource: Resource;
  readonly created: boolean;
}

export interface DeleteResult {
  readonly resource: Resource;
  /** False while finalizers hold it. */
  readonly gone: boolean;
}

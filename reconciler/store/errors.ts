/** What a store may answer instead of a result. Recognised by `code`, which survives JSON and double loading. */
export type StoreErrorCode =
  | "NotFound"
  | "Exists"
  | "Conflict"
  | "Compacted"
  | "FutureRevision"
  | "SlowConsumer"
  | "Unavailable"
  | "NoSpace"
  | "Corrupt";

export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly code: StoreErrorCode;
  /** Compacted: the oldest revision that can still be read. Conflict: the revision found. */
  readonly revision: number | undefined;
  constructor(code: StoreErrorCode, message: string, options: { revision?: number; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.revision = options.revision;
  }
}

export function isStoreError(error: unknown, code?: StoreErrorCode): error is StoreError {
  return (
    error instanceof Error &&
    error.name === "StoreError" &&
    (code === undefined || Reflect.get(error, "code") === code)
  );
}

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

const CODES: ReadonlySet<unknown> = new Set<StoreErrorCode>([
  "NotFound",
  "Exists",
  "Conflict",
  "Compacted",
  "FutureRevision",
  "SlowConsumer",
  "Unavailable",
  "NoSpace",
  "Corrupt",
]);

/** Whether it is a store's answer; also one that came over the API, where another class carries the same code. */
export function isStoreError(
  error: unknown,
  code?: StoreErrorCode,
): error is Error & { readonly code: StoreErrorCode } {
  if (!(error instanceof Error)) return false;
  const found: unknown = Reflect.get(error, "code");
  return code === undefined ? CODES.has(found) : found === code;
}

/** A Kubernetes Status of a failed request. */
export interface FailureStatus {
  readonly kind?: string;
  readonly message?: string;
  readonly reason?: string;
  readonly code?: number;
  readonly details?: {
    readonly name?: string;
    readonly kind?: string;
    readonly causes?: readonly {
      readonly reason?: string;
      readonly message?: string;
      readonly field?: string;
    }[];
  };
}

const CODE_BY_REASON: Readonly<Record<string, string>> = {
  NotFound: "NotFound",
  AlreadyExists: "Exists",
  Conflict: "Conflict",
  Expired: "Compacted",
  Gone: "Compacted",
  Invalid: "Invalid",
  BadRequest: "Invalid",
  Unauthorized: "Unauthorized",
  Forbidden: "Forbidden",
  ServiceUnavailable: "Unavailable",
  Timeout: "Unavailable",
  TooManyRequests: "Unavailable",
  InternalError: "Unavailable",
};

/** The API refused, or could not be reached. `code` is the store's word for it where there is one. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly code: string;
  /** HTTP status; 0 when there was no answer. */
  readonly httpStatus: number;
  readonly status: FailureStatus;
  constructor(httpStatus: number, status: FailureStatus, options?: { cause?: unknown }) {
    super(status.message ?? `the API answered ${httpStatus}`, options);
    this.httpStatus = httpStatus;
    this.status = status;
    this.code =
      CODE_BY_REASON[status.reason ?? ""] ??
      (httpStatus === 0 || httpStatus >= 500 ? "Unavailable" : "Failed");
  }
}

export function isApiError(error: unknown, code?: string): error is ApiError {
  return (
    error instanceof Error &&
    error.name === "ApiError" &&
    (code === undefined || Reflect.get(error, "code") === code)
  );
}

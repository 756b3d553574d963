export type HostErrorCode =
  | "busy"
  | "denied"
  | "exists"
  | "missing"
  | "no-space"
  | "interrupted"
  | "invalid"
  | "unsupported"
  | "failed";

/** What the machine answered instead of a result; implementations translate errno and exit codes into it and keep `cause`. */
export class HostError extends Error {
  override readonly name = "HostError";
  readonly code: HostErrorCode;
  constructor(code: HostErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

export function isHostError(error: unknown, code?: HostErrorCode): error is HostError {
  return (
    error instanceof Error &&
    error.name === "HostError" &&
    (code === undefined || Reflect.get(error, "code") === code)
  );
}

import { ApiError } from "./api-error.ts";

/** Failures of a request as such. */

export function badRequest(message: string, cause?: unknown): ApiError {
  return new ApiError(400, "BadRequest", message, { cause });
}

export function unauthorized(): ApiError {
  return new ApiError(401, "Unauthorized", "Unauthorized");
}

/** An unknown path. */
export function noSuchPath(): ApiError {
  return new ApiError(404, "NotFound", "the server could not find the requested resource");
}

export function methodNotAllowed(
  message = "the server does not allow this method on the requested resource",
): ApiError {
  return new ApiError(405, "MethodNotAllowed", message);
}

export function notAcceptable(accepted: readonly string[]): ApiError {
  const message = `only the following media types are accepted: ${accepted.join(", ")}`;
  return new ApiError(406, "NotAcceptable", message);
}

export function unsupportedMediaType(accepted: readonly string[]): ApiError {
  const message = `the body of the request was in an unknown format - accepted media types include: ${accepted.join(", ")}`;
  return new ApiError(415, "UnsupportedMediaType", message);
}

export function tooLarge(limitBytes: number): ApiError {
  return new ApiError(413, "RequestEntityTooLarge", `Request entity too large: limit is ${limitBytes}`);
}

/** The position is gone from history. With a token, a list can go on, inconsistently. */
export function expired(message: string, continueToken?: string): ApiError {
  return new ApiError(410, "Expired", message, continueToken === undefined ? {} : { continueToken });
}

/** The client has seen a revision this server has not. */
export function futureVersion(wanted: number, current: number): ApiError {
  const message = `Too large resource version: ${wanted}, current: ${current}`;
  return new ApiError(504, "Timeout", `Timeout: ${message}`, {
    details: {
      causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }],
      retryAfterSeconds: 1,
    },
  });
}

export function invalidListOptions(field: string, message: string): ApiError {
  const cause = { reason: "FieldValueForbidden", message, field };
  return new ApiError(422, "Invalid", `ListOptions.meta.k8s.io "" is invalid: ${field}: ${message}`, {
    details: { group: "meta.k8s.io", kind: "ListOptions", causes: [cause] },
  });
}

/** A query parameter of a write breaks its rules; `options` is CreateOptions, UpdateOptions or PatchOptions. */
export function invalidOptions(options: string, field: string, reason: string, message: string): ApiError {
  return new ApiError(422, "Invalid", `${options}.meta.k8s.io "" is invalid: ${field}: ${message}`, {
    details: { group: "meta.k8s.io", kind: options, causes: [{ reason, message, field }] },
  });
}

/** Nothing about what went wrong leaves the server; it is logged under the audit id. */
export function internal(auditId: string, cause: unknown): ApiError {
  const message = `Internal error occurred: see the server's log for audit id ${auditId}`;
  return new ApiError(500, "InternalError", message, { cause });
}

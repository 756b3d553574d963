import { ApiError } from "../errors/api-error.ts";

/** Failures of uploads, each with what was found. */

const details = (rootHash: string): { name: string; kind: string } => ({
  name: rootHash,
  kind: "archiveuploads",
});

export function noSuchUpload(rootHash: string): ApiError {
  return new ApiError(404, "NotFound", `archive upload "${rootHash}" not found`, {
    details: details(rootHash),
  });
}

/** Bytes that do not continue what is there: the client asks where to go on. */
export function otherOffset(rootHash: string, offset: number, received: number): ApiError {
  const message = `Cannot continue the upload "${rootHash}" at ${offset}: ${received} bytes are there`;
  return new ApiError(409, "Conflict", message, { details: details(rootHash) });
}

export function otherSize(rootHash: string, size: number, found: number): ApiError {
  const message = `Cannot begin the upload "${rootHash}" with ${size} bytes: one with ${found} bytes is under way; delete it first`;
  return new ApiError(409, "Conflict", message, { details: details(rootHash) });
}

export function tooManyBytes(rootHash: string, size: number): ApiError {
  const message = `Cannot continue the upload "${rootHash}": more than the ${size} bytes it was begun with were sent`;
  return new ApiError(400, "BadRequest", message, { details: details(rootHash) });
}

export function tooBig(rootHash: string, size: number, limit: number): ApiError {
  const message = `Cannot begin the upload "${rootHash}" of ${size} bytes: the largest allowed has ${limit}`;
  return new ApiError(413, "RequestEntityTooLarge", message, { details: details(rootHash) });
}

export function noRoom(rootHash: string, wanted: number, free: number): ApiError {
  const message = `Cannot take the upload "${rootHash}": it needs ${wanted} bytes more on the server's disk, of which ${Math.max(0, free)} are free for uploads`;
  return new ApiError(507, "InsufficientStorage", message, { details: details(rootHash) });
}

export function tooManyUploads(limit: number): ApiError {
  const message = `Cannot begin another upload: ${limit} are unfinished; finish or delete one`;
  return new ApiError(429, "TooManyRequests", message, { details: { retryAfterSeconds: 60 } });
}

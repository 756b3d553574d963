/** What is wrong with an archive, a key or a recipe; closed, so that callers can decide by it. */
export type ArchiveErrorCode =
  | "not-an-archive"
  | "unsupported-version"
  | "bad-signature"
  | "bad-commitment"
  | "malformed"
  | "over-limit"
  | "truncated"
  | "corrupt"
  | "no-such-entry"
  | "not-in-file"
  | "bad-manifest"
  | "no-image"
  | "bad-key"
  | "bad-recipe"
  | "build-failed";

/** The archive cannot be read, trusted or made. `path` names the entry inside it, "" when it is the archive as a whole. */
export class ArchiveError extends Error {
  override readonly name = "ArchiveError";
  readonly code: ArchiveErrorCode;
  readonly path: string;
  constructor(code: ArchiveErrorCode, path: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.path = path;
  }
}

/** A controller did what it did not declare: a bug that stops the process. */
export class OwnershipError extends Error {
  override readonly name = "OwnershipError";
  readonly code = "Ownership";
}

export type Remedy =
  /** Somebody else was faster; run again now, silently. */
  | "again"
  /** The world is busy; back off and try again. */
  | "backoff"
  /** Trying again helps only when somebody acts: back off, and say Stalled after a few times. */
  | "blocked"
  /** Nobody foresaw it: back off, and record the stack. */
  | "bug";

const REMEDY: Readonly<Record<string, Remedy>> = {
  Conflict: "again",
  Exists: "again",
  NotFound: "again",
  Unavailable: "backoff",
  Compacted: "backoff",
  busy: "backoff",
  interrupted: "backoff",
  failed: "backoff",
  missing: "backoff",
  exists: "backoff",
  denied: "blocked",
  invalid: "blocked",
  unsupported: "blocked",
  "no-space": "blocked",
  Invalid: "blocked",
  // Our rights, or a namespace that takes nothing new because it is going.
  Forbidden: "blocked",
  NoSpace: "blocked",
};

/** The one place where a failure becomes a decision. Errors are known by `code`, which survives JSON and double loading. */
export function remedyOf(error: unknown): Remedy {
  if (!(error instanceof Error)) return "bug";
  // The API server's own errors carry a Kubernetes reason where the client's carry a code.
  const words: readonly unknown[] = [Reflect.get(error, "code"), Reflect.get(error, "reason")];
  const known = words.find((word) => typeof word === "string" && word in REMEDY);
  return typeof known === "string" ? (REMEDY[known] ?? "bug") : "bug";
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

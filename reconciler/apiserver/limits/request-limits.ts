import { ApiError } from "../errors/api-error.ts";
import type { ApiRequest } from "../http/api-request.ts";
import { FairShare } from "./fair-share.ts";

export interface LimitOptions {
  /** Reads under way at once; by default 400. */
  readonly reads?: number;
  /** Writes under way at once; by default 200. */
  readonly writes?: number;
  /** Watches and transfers of files at once; by default 4000. */
  readonly longRunning?: number;
  /** Milliseconds a request that is not long-running may take; by default 60 s. */
  readonly deadlineMs?: number;
}

const READS: ReadonlySet<string> = new Set(["GET", "HEAD"]);
const RETRY_SECONDS = 1;
const DEADLINE_MS = 60_000;
/** Must answer when nothing else does. */
const EXEMPT: ReadonlySet<string> = new Set(["/healthz", "/livez", "/readyz"]);

/** How much is done at once, shared fairly among clients. */
export class RequestLimits {
  readonly #reads: FairShare;
  readonly #writes: FairShare;
  readonly #longRunning: FairShare;
  readonly deadlineMs: number;

  constructor({
    reads = 400,
    writes = 200,
    longRunning = 4000,
    deadlineMs = DEADLINE_MS,
  }: LimitOptions = {}) {
    this.#reads = new FairShare(reads);
    this.#writes = new FairShare(writes);
    this.#longRunning = new FairShare(longRunning);
    this.deadlineMs = deadlineMs;
  }

  /** Takes a place for a request, to be given back by calling what it answers. Throws 429 when its sender has its share already. */
  enter(request: ApiRequest): () => void {
    if (EXEMPT.has(request.path)) return () => undefined;
    const leave = this.#shareOf(request).enter(clientOf(request));
    if (leave) return leave;
    throw new ApiError(429, "TooManyRequests", "too many requests, please try again later", {
      details: { retryAfterSeconds: RETRY_SECONDS },
    });
  }

  #shareOf(request: ApiRequest): FairShare {
    if (isLongRunning(request)) return this.#longRunning;
    return READS.has(request.method) ? this.#reads : this.#writes;
  }
}

/** Whether a request goes on for as long as its sender wants. */
export function isLongRunning({ path, query, method }: ApiRequest): boolean {
  if (path.startsWith("/uploads/")) return method !== "DELETE";
  return (
    READS.has(method) &&
    (["1", "true"].includes(query.get("watch") ?? "") || /^\/apis?\/.*\/watch\//.test(path))
  );
}

/** Who must share: a user, wherever it asks from; whoever is not known, by address. */
function clientOf({ identity, from = "socket" }: ApiRequest): string {
  return identity ? `user ${identity.user}` : `address ${from}`;
}

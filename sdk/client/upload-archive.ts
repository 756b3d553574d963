import { setTimeout as pause } from "node:timers/promises";

import { ApiError, isApiError } from "./api-error.ts";
import type { Transport } from "./transport.ts";

/** How far an upload is; bytes. */
export interface UploadProgress {
  readonly phase: "Uploading" | "Verifying";
  readonly done: number;
  readonly total: number;
}

export interface UploadOptions {
  /** Of the archive, in hexadecimal. */
  readonly rootHash: string;
  /** Bytes of the file. */
  readonly size: number;
  /** Its bytes, `end` not among them. */
  read(start: number, end: number): AsyncIterable<Uint8Array>;
  /** Where its Package is to be created. */
  readonly namespace: string;
  readonly signal: AbortSignal;
  onProgress(progress: UploadProgress): void;
}

interface Standing {
  readonly state: string;
  readonly received: number;
  readonly verifiedBytes: number;
  readonly message: string;
}

/** What is lost at most when a connection breaks; small enough for slow lines to finish before anybody loses patience. */
const PART_BYTES = 8 * 1024 ** 2;
const LOOK_MS = 200;
const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 10_000;
/** Failures in a row, none of which brought a byte. */
const MOST_FAILURES = 12;

/** Puts an archive onto the server, going on where an earlier try ended; resolves when every byte was verified. Throws ApiError. */
export async function uploadArchive(transport: Transport, options: UploadOptions): Promise<void> {
  let failures = 0;
  let furthest = -1;
  for (;;) {
    options.signal.throwIfAborted();
    try {
      const standing = await sendParts(transport, options, (received) => {
        if (received > furthest) failures = 0;
        furthest = Math.max(furthest, received);
      });
      return await awaitVerified(transport, options, standing);
    } catch (error) {
      failures += 1;
      if (!isPassing(error) || failures > MOST_FAILURES) throw error;
      await pause(Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures), undefined, {
        signal: options.signal,
      });
    }
  }
}

/** Begins, or finds how far it has come, and sends what is missing. */
async function sendParts(
  transport: Transport,
  { rootHash, size, namespace, read, signal, onProgress }: UploadOptions,
  onReceived: (received: number) => void,
): Promise<Standing> {
  const path = (query: string): string =>
    `/uploads/archives/${rootHash}?namespace=${encodeURIComponent(namespace)}&${query}`;
  let standing = standingOf(await transport.json({ method: "PUT", path: path(`size=${size}`), signal }));
  while (standing.state === "Receiving") {
    const start = standing.received;
    onReceived(start);
    onProgress({ phase: "Uploading", done: start, total: size });
    const end = Math.min(size, start + PART_BYTES);
    const told = (done: number): void => onProgress({ phase: "Uploading", done: start + done, total: size });
    const bytes = { length: end - start, pieces: counted(read(start, end), told) };
    standing = standingOf(
      await transport.json({ method: "PATCH", path: path(`offset=${start}`), bytes, signal }),
    );
  }
  return standing;
}

async function awaitVerified(
  transport: Transport,
  { rootHash, size, namespace, signal, onProgress }: UploadOptions,
  standing: Standing,
): Promise<void> {
  const path = `/uploads/archives/${rootHash}?namespace=${encodeURIComponent(namespace)}`;
  let found = standing;
  while (found.state === "Verifying") {
    onProgress({ phase: "Verifying", done: found.verifiedBytes, total: size });
    await pause(LOOK_MS, undefined, { signal });
    found = standingOf(await transport.json({ method: "GET", path, signal }));
  }
  if (found.state === "Verified") return;
  const message = `the server refused the archive: ${found.message || found.state}`;
  throw new ApiError(422, { kind: "Status", reason: "Invalid", message, code: 422 });
}

async function* counted(
  pieces: AsyncIterable<Uint8Array>,
  onBytes: (done: number) => void,
): AsyncGenerator<Uint8Array> {
  let done = 0;
  for await (const piece of pieces) {
    yield piece;
    done += piece.length;
    onBytes(done);
  }
}

/** The server is away, or had another idea of where to go on: asking again tells. */
function isPassing(error: unknown): boolean {
  return isApiError(error, "Conflict") || isApiError(error, "Unavailable");
}

function standingOf(document: unknown): Standing {
  const member = (name: string): unknown =>
    typeof document === "object" && document !== null ? Reflect.get(document, name) : undefined;
  return {
    state: textOf(member("state")),
    received: Number(member("received") ?? 0),
    verifiedBytes: Number(member("verifiedBytes") ?? 0),
    message: textOf(member("message")),
  };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

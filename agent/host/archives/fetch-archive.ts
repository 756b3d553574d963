import { open, stat, statfs } from "node:fs/promises";
import { dirname } from "node:path";

import { type ArchiveOrigin, type Cancellation, HostError } from "@freehold/agent-ports";

import { errnoOf } from "../host-failure.ts";

/**
 * Makes a file of the origin's bytes, on disk when this returns; goes on behind what an earlier try has left. Throws `missing` when the
 * origin has none, `no-space` before a byte is written, `interrupted`.
 */
export async function fetchArchive(
  path: string,
  rootHash: string,
  how: {
    readonly origin: ArchiveOrigin;
    readonly cancellation: Cancellation;
    readonly onBytes: (done: number, total: number) => void;
  },
): Promise<void> {
  const { origin, cancellation, onBytes } = how;
  const size = await origin.sizeOf(rootHash);
  if (size === undefined) throw new HostError("missing", `Cannot fetch archive "${rootHash}": there is none`);
  const before = await sizeOf(path);
  // Longer than what is there now: of another upload of the same contents, whose file was longer.
  let done = before > size ? 0 : before;
  await requireRoom(path, size - done);
  await using file = await open(path, done === 0 ? "w" : "a", 0o600);
  onBytes(done, size);
  if (done < size) {
    for await (const piece of origin.read(rootHash, done, cancellation)) {
      if (cancellation.aborted) break;
      await file.writeFile(piece);
      done += piece.length;
      onBytes(done, size);
    }
  }
  await file.datasync();
  if (done === size && !cancellation.aborted) return;
  throw new HostError(
    "interrupted",
    `Cannot fetch archive "${rootHash}": it ended at ${done} of ${size} bytes`,
  );
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return 0;
    throw error;
  }
}

async function requireRoom(path: string, wanted: number): Promise<void> {
  const { bavail, bsize } = await statfs(dirname(path));
  if (wanted <= bavail * bsize) return;
  throw new HostError(
    "no-space",
    `Cannot fetch archive to "${path}": it needs ${wanted} bytes, of which ${bavail * bsize} are free`,
  );
}

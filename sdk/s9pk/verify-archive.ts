import { sourceSlice } from "./archive-source.ts";
import { type Archive, corrupt, equalBytes } from "./archive.ts";
import { hashSource } from "./content-hash.ts";
import { openFileSource } from "./file-source.ts";
import { type Commitment, openArchive } from "./open-archive.ts";

export interface VerifyProgress {
  /** Bytes hashed so far. */
  readonly done: number;
  /** Bytes to hash. */
  readonly total: number;
  /** The file being hashed. */
  readonly path: string;
}
export interface VerifyOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: VerifyProgress) => void;
}

/** Hashes every file that is present. Rejects with code `corrupt` and the path of the first that does not match. */
export async function verifyArchive(archive: Archive, options: VerifyOptions = {}): Promise<void> {
  const files = [...archive.files()];
  const total = files.reduce((sum, { size }) => sum + size, 0);
  let done = 0;
  for (const { path, position, size, hash } of files) {
    const found = await hashSource(sourceSlice(archive.source, position, size), {
      signal: options.signal,
      onBytes: (count) => {
        done += count;
        options.onProgress?.({ done, total, path });
      },
    });
    if (!equalBytes(found, hash)) throw corrupt(path);
  }
}

/** Opens and verifies a file completely. Hashing is CPU-bound: call it in a worker thread, its arguments can be sent there. */
export async function verifyArchiveFile(
  path: string,
  commitment?: Commitment,
  options: VerifyOptions = {},
): Promise<Commitment & { readonly signer: Uint8Array }> {
  await using source = await openFileSource(path);
  const archive = await openArchive(source, commitment);
  await verifyArchive(archive, options);
  const { rootHash, rootMaxSize, signer } = archive.header;
  return { rootHash, rootMaxSize, signer };
}

import type { FileHandle } from "node:fs/promises";

import { noRoom, tooManyBytes } from "./upload-errors.ts";
import type { StoredUpload } from "./upload-folder.ts";

/**
 * Writes what comes behind what is there, and has it on disk when this ends, whatever way. No more than one piece is held in memory.
 * Throws ApiError for more than `upload.size` bytes and when there is no room.
 */
export async function appendBytes(
  file: FileHandle,
  upload: StoredUpload,
  pieces: AsyncIterable<Uint8Array>,
): Promise<void> {
  const { rootHash, size } = upload;
  let { received } = upload;
  try {
    for await (const piece of pieces) {
      if (received + piece.length > size) throw tooManyBytes(rootHash, size);
      await write(file, piece, upload);
      received += piece.length;
    }
  } finally {
    await file.datasync();
  }
}

async function write(file: FileHandle, piece: Uint8Array, { rootHash }: StoredUpload): Promise<void> {
  try {
    for (let done = 0; done < piece.length;) done += (await file.write(piece, done)).bytesWritten;
  } catch (error) {
    if (!["ENOSPC", "EDQUOT"].includes(codeOf(error))) throw error;
    throw noRoom(rootHash, piece.length, 0);
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error ? String(Reflect.get(error, "code")) : "";
}

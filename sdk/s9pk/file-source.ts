import { type FileHandle, open } from "node:fs/promises";

import { ArchiveError } from "./archive-error.ts";
import { type ArchiveSource, requireWithin } from "./archive-source.ts";

/** An open file as a source. Dispose it to close the descriptor. */
export class FileSource implements ArchiveSource, AsyncDisposable {
  readonly size: number;
  readonly #handle: FileHandle;

  /** @param handle stays the caller's until the source is disposed; `size` is the file's length in bytes. */
  constructor(handle: FileHandle, size: number) {
    this.#handle = handle;
    this.size = size;
  }

  async read(position: number, length: number): Promise<Uint8Array> {
    requireWithin(this.size, position, length);
    const bytes = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await this.#handle.read(bytes, filled, length - filled, position + filled);
      if (bytesRead === 0) {
        throw new ArchiveError("truncated", "", `Cannot read the file: it ends at ${position + filled}`);
      }
      filled += bytesRead;
    }
    return bytes;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close();
  }
}

/** Opens a regular file for reading. Rejects with the errors of open(2). */
export async function openFileSource(path: string): Promise<FileSource> {
  const handle = await open(path, "r");
  try {
    const { size } = await handle.stat();
    return new FileSource(handle, size);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

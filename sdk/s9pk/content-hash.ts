import type { ArchiveSource } from "./archive-source.ts";
import { createBlake3 } from "./blake3/blake3-hasher.ts";

/** Read at once while hashing or copying; large enough to hide the read's cost, small enough to be interruptible. */
export const blockBytes = 1024 * 1024;

export interface HashOptions {
  /** Stops between two blocks; the promise rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each block with its length in bytes. */
  readonly onBytes?: ((count: number) => void) | undefined;
  /** Gets each block, in order, before the next is read. */
  readonly onBlock?: ((block: Uint8Array) => Promise<void>) | undefined;
}

/** BLAKE3-256 of a whole source, streaming: memory use does not depend on its size. */
export async function hashSource(source: ArchiveSource, options: HashOptions = {}): Promise<Uint8Array> {
  const hash = createBlake3();
  for (let position = 0; position < source.size; position += blockBytes) {
    options.signal?.throwIfAborted();
    const block = await source.read(position, Math.min(blockBytes, source.size - position));
    hash.update(block);
    await options.onBlock?.(block);
    options.onBytes?.(block.length);
  }
  return hash.digest();
}

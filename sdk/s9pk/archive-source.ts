import { ArchiveError } from "./archive-error.ts";

/** Random access to bytes that do not change while they are read: a file, a buffer, a range-reading HTTP client. */
export interface ArchiveSource {
  /** Length in bytes. */
  readonly size: number;
  /** Resolves with exactly `length` bytes from `position`; rejects when there are fewer. */
  read(position: number, length: number): Promise<Uint8Array>;
}

/** Bytes in memory as a source. */
export function bufferSource(bytes: Uint8Array): ArchiveSource {
  return {
    size: bytes.length,
    read: async (position, length) => {
      requireWithin(bytes.length, position, length);
      return bytes.subarray(position, position + length);
    },
  };
}

/** A part of another source, for instance one file of an archive. */
export function sourceSlice(source: ArchiveSource, start: number, size: number): ArchiveSource {
  requireWithin(source.size, start, size);
  return {
    size,
    read: async (position, length) => {
      requireWithin(size, position, length);
      return source.read(start + position, length);
    },
  };
}

/** Refuses a range that leaves the source. Code `truncated`. */
export function requireWithin(size: number, position: number, length: number): void {
  if (position >= 0 && length >= 0 && length <= size && position <= size - length) return;
  throw new ArchiveError(
    "truncated",
    "",
    `Cannot read ${length} bytes at ${position}: the source has ${size} bytes`,
  );
}

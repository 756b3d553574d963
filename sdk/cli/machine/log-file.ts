import { on } from "node:events";
import { watch } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { basename, dirname } from "node:path";

const BLOCK = 64 * 1024;
const LINE_FEED = 10;

/** Where the last lines of a file begin, in bytes, and how many it has too few; a line without its line feed counts. */
export async function tailPosition(
  file: FileHandle,
  lines: number,
): Promise<{ readonly position: number; readonly missing: number }> {
  const { size } = await file.stat();
  const block = Buffer.alloc(BLOCK);
  let left = lines;
  for (let end = size; end > 0;) {
    const start = Math.max(0, end - BLOCK);
    const { bytesRead } = await file.read(block, 0, end - start, start);
    for (let index = bytesRead - 1; index >= 0; index -= 1) {
      // The line feed at the very end closes the last line; it begins none.
      if (block[index] !== LINE_FEED || start + index === size - 1) continue;
      left -= 1;
      if (left === 0) return { position: start + index + 1, missing: 0 };
    }
    end = start;
  }
  if (lines === 0) return { position: size, missing: 0 };
  // What is left begins at the beginning.
  return { position: 0, missing: size === 0 ? left : left - 1 };
}

/** What is in a file from a position on, in pieces. */
export async function* readFrom(file: FileHandle, position: number): AsyncGenerator<Buffer> {
  for (let at = position; ;) {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(BLOCK), 0, BLOCK, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/**
 * What is in a file and what is written to it, until the signal. When another file takes its name, as happens to a long log when its
 * container starts, reading goes on there.
 */
export async function* followFile(path: string, start: number, signal: AbortSignal): AsyncGenerator<Buffer> {
  // Watched before the first read, so that nothing written in between is missed.
  using watcher = watchFolder(dirname(path));
  const changes = on(watcher.changes, "change", { signal });
  let file = await open(path);
  let position = start;
  try {
    const rest = async function* (): AsyncGenerator<Buffer> {
      for await (const piece of readFrom(file, position)) {
        position += piece.length;
        yield piece;
      }
    };
    yield* rest();
    for await (const [, filename] of changes) {
      if (filename !== basename(path)) continue;
      yield* rest();
      if (await isSame(file, path)) continue;
      await file.close();
      file = await open(path);
      position = 0;
      yield* rest();
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await file.close();
  }
}

function watchFolder(path: string): Disposable & { readonly changes: ReturnType<typeof watch> } {
  const changes = watch(path);
  return { changes, [Symbol.dispose]: () => changes.close() };
}

/** Whether the name still belongs to the open file; while it belongs to none, the open one stays. */
async function isSame(file: FileHandle, path: string): Promise<boolean> {
  const [mine, named] = await Promise.all([file.stat(), stat(path).catch(() => undefined)]);
  return named === undefined || (mine.ino === named.ino && mine.dev === named.dev);
}

import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

export interface AuditLogOptions {
  readonly path: string;
  /** A file is put aside before it would grow beyond; by default 10 MiB. */
  readonly maxBytes?: number;
  /** Files kept beside the one being written, as `path.1` (newest), `path.2`, …; by default 5. */
  readonly maxFiles?: number;
}

const MAX_BYTES = 10 * 1024 * 1024;
const MAX_FILES = 5;
/** What may wait to be written; more is dropped and counted. */
const BUFFER_BYTES = 4 * 1024 * 1024;

/**
 * Events as JSON lines, written behind the requests' backs: nobody waits for the disk, and nothing is synced. Bounded in memory and
 * on disk: when the disk cannot follow, events are dropped, and the server's log says how many.
 */
export class AuditLog {
  readonly #options: Required<AuditLogOptions>;
  readonly #log: (message: string) => void;
  #file: FileHandle | undefined;
  #size = 0;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #dropped = 0;
  #writing: Promise<void> | undefined;

  constructor(options: AuditLogOptions, log: (message: string) => void) {
    this.#options = { maxBytes: MAX_BYTES, maxFiles: MAX_FILES, ...options };
    this.#log = log;
  }

  /** Returns at once. */
  append(event: object): void {
    const line = Buffer.from(`${JSON.stringify(event)}\n`);
    if (this.#waitingBytes + line.length > BUFFER_BYTES) {
      this.#dropped += 1;
      return;
    }
    this.#waiting.push(line);
    this.#waitingBytes += line.length;
    this.#writing ??= this.#write().finally(() => (this.#writing = undefined));
  }

  /** Writes what still waits, and closes the file. */
  async close(): Promise<void> {
    await this.#writing;
    await this.#file?.close();
    this.#file = undefined;
  }

  async #write(): Promise<void> {
    // What comes in the same turn goes in one write.
    await new Promise<void>((resolve) => void setImmediate(resolve));
    while (this.#waiting.length > 0) {
      const lines = this.#waiting;
      this.#waiting = [];
      this.#waitingBytes = 0;
      try {
        await this.#writeLines(lines);
      } catch (error) {
        this.#dropped += lines.length;
        this.#log(`Cannot write "${this.#options.path}": ${String(error)}`);
        await this.#reopenLater();
      }
      if (this.#dropped > 0) this.#log(`Cannot keep ${this.#dropped} audit events: the disk did not follow`);
      this.#dropped = 0;
    }
  }

  async #writeLines(lines: readonly Buffer[]): Promise<void> {
    let batch: Buffer[] = [];
    let bytes = 0;
    for (const line of lines) {
      if (this.#size + bytes + line.length > this.#options.maxBytes && this.#size + bytes > 0) {
        await this.#appendBytes(Buffer.concat(batch));
        await this.#rotate();
        batch = [];
        bytes = 0;
      }
      batch.push(line);
      bytes += line.length;
    }
    await this.#appendBytes(Buffer.concat(batch));
  }

  async #appendBytes(bytes: Buffer): Promise<void> {
    if (!this.#file) {
      await mkdir(dirname(this.#options.path), { recursive: true, mode: 0o700 });
      this.#file = await open(this.#options.path, "a", 0o600);
      this.#size = (await this.#file.stat()).size;
    }
    await this.#file.appendFile(bytes);
    this.#size += bytes.length;
  }

  async #rotate(): Promise<void> {
    const { path, maxFiles } = this.#options;
    await this.#file?.close();
    this.#file = undefined;
    this.#size = 0;
    await rm(`${path}.${maxFiles}`, { force: true });
    for (let number = maxFiles - 1; number >= 1; number -= 1)
      await moveIfThere(`${path}.${number}`, number, path);
    if (maxFiles > 0) await rename(path, `${path}.1`);
    else await rm(path);
  }

  async #reopenLater(): Promise<void> {
    // Whatever state the handle is in, the next batch begins with a new one.
    await this.#file?.close().catch(() => undefined);
    this.#file = undefined;
  }
}

async function moveIfThere(from: string, number: number, path: string): Promise<void> {
  try {
    await rename(from, `${path}.${number + 1}`);
  } catch (error) {
    if (!(error instanceof Error && Reflect.get(error, "code") === "ENOENT")) throw error;
  }
}

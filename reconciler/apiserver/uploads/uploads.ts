import type { FileHandle } from "node:fs/promises";

import type { OnApplicationBootstrap, OnApplicationShutdown } from "@nestjs/common";

import { appendBytes } from "./append-bytes.ts";
import { UPLOAD_META, type UploadDocument } from "./upload-document.ts";
import { noRoom, noSuchUpload, otherOffset, otherSize, tooBig, tooManyUploads } from "./upload-errors.ts";
import { type StoredUpload, UploadFolder } from "./upload-folder.ts";
import { Verification, type VerifyArchive } from "./verification.ts";

export interface UploadsPorts {
  /** Made when the first upload begins. */
  readonly folder: string;
  readonly verify: VerifyArchive;
  /** Root hashes of archives that some machine has yet to fetch: their uploads stay. */
  readonly awaited: () => Promise<ReadonlySet<string>>;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly log: (message: string) => void;
  /** Size of the largest archive taken. */
  readonly limitBytes?: number;
  /** Absent: what the file system says. */
  readonly freeBytes?: () => Promise<number>;
}

/** Bytes of a body, until it ends or the signal aborts. */
export type OpenBody = (signal: AbortSignal) => AsyncIterable<Uint8Array>;

const LIMIT_BYTES = 64 * 1024 ** 3;
/** What uploads leave free: the store lies on the same disk. */
const RESERVE_BYTES = 256 * 1024 ** 2;
const MOST_UNFINISHED = 32;
const KEPT_MS = 24 * 3600 * 1000;
const SWEEP_MS = 3600 * 1000;

/**
 * Archives on their way in. What is on disk is all there is to know: an upload goes on after a crash where its file ends. Both
 * unfinished and verified ones go a day after their last byte; agents have fetched the latter by then, or are waited for.
 */
export class Uploads implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #ports: UploadsPorts;
  readonly #folder: UploadFolder;
  readonly #verification: Verification;
  readonly #writing = new Map<string, { readonly stop: AbortController; readonly ended: Promise<unknown> }>();
  #timer: NodeJS.Timeout | undefined;
  #sweeping: Promise<void> = Promise.resolve();

  constructor(ports: UploadsPorts) {
    this.#ports = ports;
    this.#folder = new UploadFolder(ports.folder);
    this.#verification = new Verification({
      verify: ports.verify,
      keep: (upload) => this.#folder.keep(upload),
      remove: (upload) => this.#folder.remove(upload),
      log: ports.log,
    });
  }

  onApplicationBootstrap(): void {
    this.#startSweep();
    this.#timer = setInterval(() => this.#startSweep(), SWEEP_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    for (const { stop } of this.#writing.values()) stop.abort();
    await Promise.all([this.#verification.stop(), this.#sweeping]);
  }

  async list(): Promise<readonly UploadDocument[]> {
    return (await this.#folder.list()).map((upload) => this.#documentOf(upload));
  }

  /** Throws 404. */
  async get(rootHash: string): Promise<UploadDocument> {
    const upload = await this.#folder.find(rootHash);
    if (upload) return this.#documentOf(upload);
    const message = this.#verification.refusalOf(rootHash);
    if (message === undefined) throw noSuchUpload(rootHash);
    return { ...UPLOAD_META, rootHash, state: "Refused", size: 0, received: 0, message };
  }

  /** Makes place for it, or finds how far it has come. Throws 409 for another size, 413, 429 and 507. */
  async begin(rootHash: string, size: number): Promise<UploadDocument> {
    const { limitBytes = LIMIT_BYTES } = this.#ports;
    if (size > limitBytes) throw tooBig(rootHash, size, limitBytes);
    const before = await this.#folder.find(rootHash);
    if (before?.verified) return this.#documentOf(before);
    if (before && before.size !== size) throw otherSize(rootHash, size, before.size);
    await this.#requireRoom(rootHash, size);
    if (before) return this.#documentOf(before);
    this.#verification.forget(rootHash);
    await this.#folder.create(rootHash, size);
    return this.get(rootHash);
  }

  /** Adds bytes. A newer sender takes the place of an older one, whose connection may be dead. Throws 400, 404, 409 and 507. */
  async append(rootHash: string, offset: number, body: OpenBody): Promise<UploadDocument> {
    const before = this.#writing.get(rootHash);
    before?.stop.abort();
    await before?.ended;
    const stop = new AbortController();
    const writing = this.#append(rootHash, offset, body(stop.signal));
    const mine = { stop, ended: writing.catch(() => undefined) };
    this.#writing.set(rootHash, mine);
    try {
      await writing;
    } finally {
      if (this.#writing.get(rootHash) === mine) this.#writing.delete(rootHash);
    }
    return this.get(rootHash);
  }

  /** A verified upload's size, and how to open it; the caller closes it. Throws 404. */
  async content(rootHash: string): Promise<{ readonly size: number; open(): Promise<FileHandle> }> {
    const upload = await this.#folder.find(rootHash);
    if (!upload?.verified) throw noSuchUpload(rootHash);
    return { size: upload.size, open: () => this.#folder.openStart(upload) };
  }

  /** Throws 404. */
  async remove(rootHash: string): Promise<void> {
    const writing = this.#writing.get(rootHash);
    writing?.stop.abort();
    await writing?.ended;
    const upload = await this.#folder.find(rootHash);
    if (!upload && this.#verification.refusalOf(rootHash) === undefined) throw noSuchUpload(rootHash);
    this.#verification.forget(rootHash);
    if (upload) await this.#folder.remove(upload);
  }

  /** Removes what has been left for a day. */
  async sweep(): Promise<void> {
    const old = (await this.#folder.list()).filter(
      ({ changedAt }) => changedAt < this.#ports.clock() - KEPT_MS,
    );
    if (old.length === 0) return;
    const awaited = await this.#ports.awaited();
    for (const upload of old) {
      if (this.#writing.has(upload.rootHash) || (upload.verified && awaited.has(upload.rootHash))) continue;
      await this.#folder.remove(upload);
    }
  }

  /** Resolves when nothing is being verified. */
  idle(): Promise<void> {
    return this.#verification.idle();
  }

  async #append(rootHash: string, offset: number, pieces: AsyncIterable<Uint8Array>): Promise<void> {
    const upload = await this.#folder.find(rootHash);
    if (!upload) throw noSuchUpload(rootHash);
    if (offset !== upload.received) throw otherOffset(rootHash, offset, upload.received);
    await using file = await this.#folder.openEnd(upload);
    await appendBytes(file, upload, pieces);
  }

  /** Looking at a whole one begins its verification: a crash may have come between. */
  #documentOf(upload: StoredUpload): UploadDocument {
    const { rootHash, size, received } = upload;
    const said = { ...UPLOAD_META, rootHash, size, received };
    if (upload.verified) return { ...said, state: "Verified" };
    if (received < size) return { ...said, state: "Receiving" };
    this.#verification.start(upload);
    return { ...said, state: "Verifying", verifiedBytes: this.#verification.progressOf(rootHash) ?? 0 };
  }

  /** What other uploads have yet to send is spoken for. */
  async #requireRoom(rootHash: string, size: number): Promise<void> {
    const unfinished = (await this.#folder.list()).filter(({ verified }) => !verified);
    const others = unfinished.filter((upload) => upload.rootHash !== rootHash);
    if (others.length >= MOST_UNFINISHED) throw tooManyUploads(MOST_UNFINISHED);
    const promised = others.reduce((sum, upload) => sum + upload.size - upload.received, 0);
    const received = unfinished.find((upload) => upload.rootHash === rootHash)?.received ?? 0;
    const free = await (this.#ports.freeBytes ?? (() => this.#folder.freeBytes()))();
    const usable = free - promised - RESERVE_BYTES;
    if (size - received > usable) throw noRoom(rootHash, size - received, usable);
  }

  #startSweep(): void {
    this.#sweeping = this.sweep().catch((error: unknown) => {
      this.#ports.log(`Cannot remove old uploads: ${String(error)}`);
    });
  }
}

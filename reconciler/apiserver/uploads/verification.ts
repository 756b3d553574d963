import type { StoredUpload } from "./upload-folder.ts";

/** Reads a whole archive, off the event loop. Resolves with its root hash in hexadecimal, or with what is wrong with it. */
export type VerifyArchive = (
  path: string,
  options: { readonly signal: AbortSignal; readonly onProgress: (done: number) => void },
) => Promise<{ readonly rootHash: string } | { readonly refused: string }>;

export interface VerificationPorts {
  readonly verify: VerifyArchive;
  readonly keep: (upload: StoredUpload) => Promise<void>;
  readonly remove: (upload: StoredUpload) => Promise<void>;
  readonly log: (message: string) => void;
}

/** Refusals are remembered for whoever asks next, this many. */
const MOST_REFUSALS = 64;

/** Verifies whole uploads one after the other: each takes a core. */
export class Verification {
  readonly #ports: VerificationPorts;
  readonly #stop = new AbortController();
  readonly #running = new Map<string, { done: number }>();
  readonly #refused = new Map<string, string>();
  #last: Promise<void> = Promise.resolve();

  constructor(ports: VerificationPorts) {
    this.#ports = ports;
  }

  /** Bytes verified so far; undefined when it is not its turn yet, nor waiting for it. */
  progressOf(rootHash: string): number | undefined {
    return this.#running.get(rootHash)?.done;
  }

  /** Why the last upload of this name was refused. */
  refusalOf(rootHash: string): string | undefined {
    return this.#refused.get(rootHash);
  }

  forget(rootHash: string): void {
    this.#refused.delete(rootHash);
  }

  /** Begins, unless it has. */
  start(upload: StoredUpload): void {
    if (this.#running.has(upload.rootHash) || this.#stop.signal.aborted) return;
    const progress = { done: 0 };
    this.#running.set(upload.rootHash, progress);
    this.#last = this.#last
      .then(() => this.#verify(upload, progress))
      .catch((error: unknown) => {
        // The file stays: whoever asks next begins again.
        if (!this.#stop.signal.aborted) this.#ports.log(`Cannot verify "${upload.path}": ${String(error)}`);
      })
      .finally(() => this.#running.delete(upload.rootHash));
  }

  /** Ends what runs; it begins anew in the next process. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#last;
  }

  /** Resolves when nothing is being verified. */
  idle(): Promise<void> {
    return this.#last;
  }

  async #verify(upload: StoredUpload, progress: { done: number }): Promise<void> {
    const { signal } = this.#stop;
    if (signal.aborted) return;
    const found = await this.#ports.verify(upload.path, {
      signal,
      onProgress: (done) => {
        progress.done = done;
      },
    });
    if ("refused" in found) await this.#refuse(upload, found.refused);
    else if (found.rootHash !== upload.rootHash) {
      await this.#refuse(upload, `its root hash is ${found.rootHash}, wanted ${upload.rootHash}`);
    } else await this.#ports.keep(upload);
  }

  async #refuse(upload: StoredUpload, why: string): Promise<void> {
    const [oldest] = this.#refused.keys();
    if (this.#refused.size >= MOST_REFUSALS && oldest !== undefined) this.#refused.delete(oldest);
    this.#refused.set(upload.rootHash, why);
    await this.#ports.remove(upload);
  }
}

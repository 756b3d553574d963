import type { Cancellation } from "./cancellation.ts";

export interface ArchiveFile {
  readonly path: string;
  readonly offset: number;
  readonly size: number;
}

/** A verified archive on this machine. */
export interface ArchiveState {
  /** Root hash in hexadecimal. */
  readonly rootHash: string;
  /** Public key in hexadecimal. */
  readonly signer: string;
  readonly sizeBytes: number;
  /** Parsed manifest.json. */
  readonly manifest: Readonly<Record<string, unknown>>;
  /** Path of the stored copy. */
  readonly path: string;
  /** Where the entries lie within the stored copy, by archive path (`images/x86_64/main.squashfs`). */
  readonly files: Readonly<Record<string, ArchiveFile>>;
}

/** Where archives lie that are not on this machine yet. Errors are HostError, or the connection's own. */
export interface ArchiveOrigin {
  /** Bytes it has; undefined when there is none. */
  sizeOf(rootHash: string): Promise<number | undefined>;
  /** Its bytes from `offset` to the end. */
  read(rootHash: string, offset: number, cancellation: Cancellation): AsyncIterable<Uint8Array>;
}

/** Reading, verifying and keeping S9PK archives. Heavy work runs off the event loop. Errors are HostError. */
export interface ArchiveHost {
  /** Archive kept under this name, if it was imported completely. */
  archive(name: string): Promise<ArchiveState | undefined>;
  /** Facts of a file without keeping it: verifies header and tables only. `invalid` when it is no archive, `missing` when not there. */
  inspect(path: string): Promise<ArchiveState>;
  /**
   * Copies (reflink where possible), verifies every byte and keeps it under the name; complete or nothing. `rootHash` must match
   * when given. Throws `invalid` with the path of the bad entry, `missing`, `no-space`, `interrupted`.
   */
  importFile(
    name: string,
    file: string,
    options: {
      readonly rootHash?: string;
      readonly cancellation: Cancellation;
      onProgress(done: number, total: number): void;
    },
  ): Promise<ArchiveState>;
  /** Whether the same bytes are at hand from an earlier import, so that they need not be fetched. */
  hasKept(rootHash: string): Promise<boolean>;
  /**
   * Fetches, verifies every byte and keeps it under the name. What was fetched stays when this is interrupted, and the next try goes
   * on from there. Throws as `importFile` does, `missing` when the origin has none.
   */
  importFrom(
    name: string,
    rootHash: string,
    options: {
      readonly origin: ArchiveOrigin;
      readonly cancellation: Cancellation;
      onProgress(phase: "fetch" | "verify", done: number, total: number): void;
    },
  ): Promise<ArchiveState>;
  /** Whether an interrupted `importFrom` has left bytes under the name; `remove` takes them away. */
  isBegun(name: string): Promise<boolean>;
  /** Bytes of small entries in the order asked for, verified again; each at most 1 MiB. Throws `missing` for an unknown archive or entry. */
  read(name: string, entries: readonly string[]): Promise<readonly Uint8Array[]>;
  /** Of imported and of begun ones. */
  names(): Promise<readonly string[]>;
  remove(name: string): Promise<void>;
}

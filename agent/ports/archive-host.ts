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
  /** Bytes of small entries in the order asked for, verified again; each at most 1 MiB. Throws `missing` for an unknown archive or entry. */
  read(name: string, entries: readonly string[]): Promise<readonly Uint8Array[]>;
  names(): Promise<readonly string[]>;
  remove(name: string): Promise<void>;
}

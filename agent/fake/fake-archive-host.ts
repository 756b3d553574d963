import { type ArchiveHost, type ArchiveState, HostError } from "@freehold/agent-ports";

import type { FakeMountHost } from "./fake-mount-host.ts";
import type { FaultGate } from "./fault-gate.ts";

/** A file that can be imported. */
export interface FakeArchiveFile extends Omit<ArchiveState, "path"> {
  /** Contents of entries, for `read`. */
  readonly entries?: Readonly<Record<string, Uint8Array>>;
  /** Path of an entry whose bytes do not match their hash. */
  readonly corruptEntry?: string;
}

/** Archives in memory. A kept one's copy can be mounted as an image. */
export class FakeArchiveHost implements ArchiveHost {
  /** Files on the machine by path. */
  readonly files = new Map<string, FakeArchiveFile>();
  readonly kept = new Map<string, FakeArchiveFile>();
  /** Bytes fetched so far by name. */
  readonly begun = new Map<string, number>();
  readonly #gate: FaultGate;
  readonly #mounts: FakeMountHost;

  constructor(gate: FaultGate, mounts: FakeMountHost) {
    this.#gate = gate;
    this.#mounts = mounts;
  }

  async archive(name: string): Promise<ArchiveState | undefined> {
    const found = this.kept.get(name);
    return found && stateOf(found, keptPathOf(name));
  }

  async inspect(path: string): Promise<ArchiveState> {
    return stateOf(this.#file(path), path);
  }

  async importFile(
    name: string,
    file: string,
    options: Parameters<ArchiveHost["importFile"]>[2],
  ): Promise<ArchiveState> {
    const found = this.#file(file);
    if (options.cancellation.aborted)
      throw new HostError("interrupted", `Cannot import "${file}": cancelled`);
    if (options.rootHash !== undefined && options.rootHash !== found.rootHash) {
      const reason = `its root hash is ${found.rootHash}, wanted ${options.rootHash}`;
      throw new HostError("invalid", `Cannot import "${file}": ${reason}`);
    }
    if (found.corruptEntry !== undefined) {
      throw new HostError(
        "invalid",
        `Cannot verify "${found.corruptEntry}": its content does not match its hash`,
      );
    }
    const path = keptPathOf(name);
    this.#gate.mutate("importFile", () => {
      this.kept.set(name, found);
      this.#mounts.images.add(path);
    });
    options.onProgress(found.sizeBytes, found.sizeBytes);
    return stateOf(found, path);
  }

  async hasKept(): Promise<boolean> {
    return false;
  }

  async importFrom(
    name: string,
    rootHash: string,
    { origin, cancellation, onProgress }: Parameters<ArchiveHost["importFrom"]>[2],
  ): Promise<ArchiveState> {
    const size = await origin.sizeOf(rootHash);
    if (size === undefined) {
      throw new HostError("missing", `Cannot fetch archive "${rootHash}": there is none`);
    }
    let done = this.begun.get(name) ?? 0;
    for await (const piece of origin.read(rootHash, done, cancellation)) {
      done += piece.length;
      this.begun.set(name, done);
      onProgress("fetch", done, size);
    }
    if (done < size || cancellation.aborted) {
      throw new HostError("interrupted", `Cannot fetch archive "${rootHash}": it ended at ${done}`);
    }
    this.begun.delete(name);
    // Bytes mean nothing here; what they are is what a file of that root hash is.
    const [file = ""] = [...this.files].find(([, found]) => found.rootHash === rootHash) ?? [];
    return this.importFile(name, file, {
      rootHash,
      cancellation,
      onProgress: (verified, total) => onProgress("verify", verified, total),
    });
  }

  async isBegun(name: string): Promise<boolean> {
    return this.begun.has(name);
  }

  async read(name: string, entries: readonly string[]): Promise<readonly Uint8Array[]> {
    return entries.map((entry) => {
      const bytes = this.kept.get(name)?.entries?.[entry];
      if (bytes) return bytes;
      throw new HostError("missing", `Cannot read "${entry}" of archive "${name}": there is no such entry`);
    });
  }

  async names(): Promise<readonly string[]> {
    return [...new Set([...this.kept.keys(), ...this.begun.keys()])].toSorted();
  }

  async remove(name: string): Promise<void> {
    this.begun.delete(name);
    if (!this.kept.has(name)) return;
    this.#gate.mutate("removeArchive", () => {
      this.kept.delete(name);
      this.#mounts.images.delete(keptPathOf(name));
    });
  }

  #file(path: string): FakeArchiveFile {
    const found = this.files.get(path);
    if (found) return found;
    throw new HostError("missing", `Cannot read archive "${path}": it does not exist`);
  }
}

function keptPathOf(name: string): string {
  return `/fake/archives/${name}.s9pk`;
}

function stateOf(
  { rootHash, signer, sizeBytes, manifest, files }: FakeArchiveFile,
  path: string,
): ArchiveState {
  return { rootHash, signer, sizeBytes, manifest, path, files };
}

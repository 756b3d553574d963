import { blake3 } from "@noble/hashes/blake3.js";

import { ArchiveError } from "./archive-error.ts";
import type { ArchiveSource } from "./archive-source.ts";
import type { Header } from "./format/header.ts";

/** A file whose content is in the archive. */
export interface ArchiveFile {
  readonly kind: "file";
  /** Slash-separated path from the root. */
  readonly path: string;
  /** Absolute position in the source, so that a file system image can be mounted in place. */
  readonly position: number;
  /** Length in bytes. */
  readonly size: number;
  /** BLAKE3 of the content. */
  readonly hash: Uint8Array;
}
/** A file or directory that is committed to, but was left out of this file. */
export interface ArchiveGap {
  readonly kind: "missing";
  readonly path: string;
  readonly size: number;
  readonly hash: Uint8Array;
}
export interface ArchiveDirectory {
  readonly kind: "directory";
  /** "" for the root. */
  readonly path: string;
  /** Signed upper bound of its table in bytes. */
  readonly size: number;
  /** Its sighash. */
  readonly hash: Uint8Array;
  /** Children by name, in order of name bytes. */
  readonly children: ReadonlyMap<string, ArchiveNode>;
}
export type ArchiveNode = ArchiveFile | ArchiveGap | ArchiveDirectory;

/** An opened archive: signature and every directory are verified, file contents are not yet (see `verifyArchive`). */
export class Archive {
  readonly header: Header;
  readonly root: ArchiveDirectory;
  readonly source: ArchiveSource;

  constructor(header: Header, root: ArchiveDirectory, source: ArchiveSource) {
    this.header = header;
    this.root = root;
    this.source = source;
  }

  /** The node at a path, "" for the root; undefined when there is none. */
  stat(path: string): ArchiveNode | undefined {
    let node: ArchiveNode | undefined = this.root;
    for (const name of path === "" ? [] : path.split("/")) {
      node = node?.kind === "directory" ? node.children.get(name) : undefined;
    }
    return node;
  }

  /** The names in a directory. Code `no-such-entry`. */
  list(path = ""): readonly string[] {
    const node = this.stat(path);
    if (node?.kind !== "directory") throw notFound(path, node, "a directory");
    return [...node.children.keys()];
  }

  /** Where a file's bytes are. Codes `no-such-entry`, `not-in-file`. */
  locate(path: string): ArchiveFile {
    const node = this.stat(path);
    if (node?.kind !== "file") throw notFound(path, node, "a file");
    return node;
  }

  /** A small file's content, verified. Codes as `locate`, `over-limit` above `maxBytes`, `corrupt`. */
  async cat(path: string, maxBytes = 16 * 1024 * 1024): Promise<Uint8Array> {
    const file = this.locate(path);
    if (file.size > maxBytes) {
      throw new ArchiveError(
        "over-limit",
        path,
        `Cannot read "${path}": it has ${file.size} bytes, at most ${maxBytes}`,
      );
    }
    const bytes = await this.source.read(file.position, file.size);
    if (!equalBytes(blake3(bytes), file.hash)) throw corrupt(path);
    return bytes;
  }

  /** Every file whose content is present, in order of path. */
  *files(from: ArchiveDirectory = this.root): Generator<ArchiveFile> {
    for (const child of from.children.values()) {
      if (child.kind === "file") yield child;
      else if (child.kind === "directory") yield* this.files(child);
    }
  }
}

export function corrupt(path: string): ArchiveError {
  return new ArchiveError("corrupt", path, `Cannot verify "${path}": its content does not match its hash`);
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

function notFound(path: string, node: ArchiveNode | undefined, wanted: string): ArchiveError {
  if (node?.kind === "missing") {
    return new ArchiveError("not-in-file", path, `Cannot read "${path}": it was left out of this file`);
  }
  const found = node === undefined ? "there is no such entry" : `it is a ${node.kind}, wanted ${wanted}`;
  return new ArchiveError("no-such-entry", path, `Cannot read "${path}": ${found}`);
}

import { ArchiveError } from "../archive-error.ts";
import { ByteCursor } from "./byte-cursor.ts";
import { ByteWriter } from "./byte-writer.ts";

/** Length of the fixed header in bytes. */
export const headerSize = 155;

/** The fixed header of an S9PK of version 2; big-endian, see the format's section 1.1. */
export interface Header {
  /** Raw Ed25519 public key, 32 bytes. */
  readonly signer: Uint8Array;
  /** Raw Ed25519ph signature, 64 bytes. */
  readonly signature: Uint8Array;
  /** Sighash of the root directory, 32 bytes. */
  readonly rootHash: Uint8Array;
  /** Signed upper bound of the root table in bytes. */
  readonly rootMaxSize: number;
  /** Absolute position of the root table; not signed. */
  readonly tablePosition: number;
  /** Length of the root table in bytes; not signed. */
  readonly tableSize: number;
}

/** Parses the first 155 bytes. Codes `not-an-archive`, `unsupported-version`, `malformed`, `over-limit`. */
export function parseHeader(bytes: Uint8Array): Header {
  const cursor = new ByteCursor(bytes, "");
  if (bytes.length < 3 || cursor.byte() !== 0x3b || cursor.byte() !== 0x3b) {
    throw new ArchiveError("not-an-archive", "", "Cannot open the archive: it does not begin with 3b 3b");
  }
  const version = cursor.byte();
  if (version !== 2) {
    const found =
      version === 1 ? "it is a package of the format before StartOS 0.4" : `its version is ${version}`;
    throw new ArchiveError("unsupported-version", "", `Cannot open the archive: ${found}, wanted version 2`);
  }
  return {
    signer: cursor.take(32).slice(),
    signature: cursor.take(64).slice(),
    rootHash: cursor.take(32).slice(),
    rootMaxSize: cursor.u64(),
    tablePosition: cursor.u64(),
    tableSize: cursor.u64(),
  };
}

export function encodeHeader(header: Header): Uint8Array {
  const writer = new ByteWriter(headerSize).byte(0x3b).byte(0x3b).byte(2);
  writer.put(header.signer).put(header.signature).put(header.rootHash);
  return writer.u64(header.rootMaxSize).u64(header.tablePosition).u64(header.tableSize).bytes;
}

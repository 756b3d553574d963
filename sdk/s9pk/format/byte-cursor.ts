import { ArchiveError } from "../archive-error.ts";

/** Reads the format's integers from a buffer whose bounds it never leaves. */
export class ByteCursor {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #path: string;
  #offset = 0;

  /** @param path the entry being parsed, for errors. */
  constructor(bytes: Uint8Array, path: string) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#path = path;
  }

  get remaining(): number {
    return this.#bytes.length - this.#offset;
  }

  take(length: number): Uint8Array {
    if (length > this.remaining) {
      throw this.#malformed(`${length} bytes wanted, ${this.remaining} left`);
    }
    this.#offset += length;
    return this.#bytes.subarray(this.#offset - length, this.#offset);
  }

  byte(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  /** Big-endian u64; values above 2^53-1 are refused, no file is that long. */
  u64(): number {
    const value = this.#view.getBigUint64(this.#advance(8));
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) {
      throw new ArchiveError(
        "over-limit",
        this.#path,
        `Cannot read ${this.#name}: number ${value} is too large`,
      );
    }
    return Number(value);
  }

  /** Unsigned LEB128 in its shortest form; ten bytes at most, values up to 2^53-1. */
  varint(): number {
    let value = 0;
    for (let index = 0; index < 8; index++) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** (7 * index);
      if (byte < 0x80) {
        if (byte === 0 && index > 0) throw this.#malformed("a number is not in its shortest form");
        if (!Number.isSafeInteger(value)) break;
        return value;
      }
    }
    throw new ArchiveError("over-limit", this.#path, `Cannot read ${this.#name}: a length is too large`);
  }

  get #name(): string {
    return this.#path === "" ? "the archive" : JSON.stringify(this.#path);
  }

  #advance(length: number): number {
    const at = this.#offset;
    this.take(length);
    return at;
  }

  #malformed(found: string): ArchiveError {
    return new ArchiveError("malformed", this.#path, `Cannot read ${this.#name}: ${found}`);
  }
}

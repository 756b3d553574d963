/** Cuts a stream of bytes into lines, of which none may be longer than the bound. */
export class LineReader {
  readonly #longestBytes: number;
  #parts: Buffer[] = [];
  #length = 0;

  constructor(longestBytes: number) {
    this.#longestBytes = longestBytes;
  }

  /** The lines that the chunk completes. Throws RangeError once a line is too long; the reader is of no more use then. */
  read(chunk: Buffer): readonly string[] {
    const lines: string[] = [];
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      this.#add(chunk.subarray(from, end));
      lines.push(Buffer.concat(this.#parts).toString("utf8"));
      this.#parts = [];
      this.#length = 0;
      from = end + 1;
    }
    this.#add(chunk.subarray(from));
    return lines;
  }

  #add(part: Buffer): void {
    this.#length += part.length;
    if (this.#length > this.#longestBytes) {
      throw new RangeError(`a line is longer than ${this.#longestBytes} bytes`);
    }
    if (part.length > 0) this.#parts.push(part);
  }
}

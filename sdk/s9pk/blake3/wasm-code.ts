/** Body of a WebAssembly function, written instruction by instruction (WebAssembly core specification 2.0, section 5.4). */
export class WasmCode {
  readonly bytes: number[] = [];

  /** Reads a local. */
  get(local: number): this {
    return this.#op(0x20, ...leb(local));
  }
  set(local: number): this {
    return this.#op(0x21, ...leb(local));
  }
  constant(value: number): this {
    return this.#op(0x41, ...signedLeb(value));
  }
  add(): this {
    return this.#op(0x6a);
  }
  multiply(): this {
    return this.#op(0x6c);
  }
  or(): this {
    return this.#op(0x72);
  }
  equal(): this {
    return this.#op(0x46);
  }
  lessUnsigned(): this {
    return this.#op(0x49);
  }
  /** Chooses the first of two values when a condition is not 0. */
  select(): this {
    return this.#op(0x1b);
  }
  /** Repeats while the body leaves a value other than 0. */
  repeatWhile(body: (code: WasmCode) => void): this {
    this.#op(0x03, 0x40);
    body(this);
    return this.#op(0x0d, 0, 0x0b);
  }

  loadVector(offset: number): this {
    return this.#vector(0x00, 0, ...leb(offset));
  }
  storeVector(offset: number): this {
    return this.#vector(0x0b, 0, ...leb(offset));
  }
  /** Bytes of two vectors by index 0…31. */
  shuffle(lanes: readonly number[]): this {
    return this.#vector(0x0d, ...lanes);
  }
  splat(): this {
    return this.#vector(0x11);
  }
  /** Four 32-bit words. */
  vectorConstant(words: readonly number[]): this {
    const bytes = new Uint8Array(Uint32Array.from(words).buffer);
    return this.#vector(0x0c, ...bytes);
  }
  vectorAdd(): this {
    return this.#vector(0xae, 0x01);
  }
  vectorMultiply(): this {
    return this.#vector(0xb5, 0x01);
  }
  vectorXor(): this {
    return this.#vector(0x51);
  }
  vectorOr(): this {
    return this.#vector(0x50);
  }
  shiftLeft(): this {
    return this.#vector(0xab, 0x01);
  }
  shiftRight(): this {
    return this.#vector(0xad, 0x01);
  }

  #vector(...bytes: readonly number[]): this {
    return this.#op(0xfd, ...bytes);
  }
  #op(...bytes: readonly number[]): this {
    this.bytes.push(...bytes);
    return this;
  }
}

/** Unsigned LEB128. */
export function leb(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return [...bytes, rest];
}

function signedLeb(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest < -64 || rest > 63) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>= 7;
  }
  return [...bytes, rest & 0x7f];
}

/** A module with one page-sized memory `m` and one function `f` of i32 parameters without a result. */
export function wasmModule(
  body: WasmCode,
  shape: { parameters: number; integers: number; vectors: number; pages: number },
) {
  const header = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  const section = (id: number, content: readonly number[]) => [id, ...leb(content.length), ...content];
  const locals = [2, ...leb(shape.integers), 0x7f, ...leb(shape.vectors), 0x7b];
  const code = [...locals, ...body.bytes, 0x0b];
  return Uint8Array.from([
    ...header,
    ...section(1, [1, 0x60, shape.parameters, ...Array.from({ length: shape.parameters }, () => 0x7f), 0]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, ...leb(shape.pages)]),
    ...section(7, [2, 1, 0x6d, 2, 0, 1, 0x66, 0, 0]),
    ...section(10, [1, ...leb(code.length), ...code]),
  ]);
}

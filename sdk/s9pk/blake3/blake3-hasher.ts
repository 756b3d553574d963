import { blake3 } from "@noble/hashes/blake3.js";

import { compress, flag } from "./compress.ts";
import { fourLanesModule, iv } from "./four-lanes.ts";

/** Takes bytes in any portions and gives their BLAKE3-256. */
export interface StreamHasher {
  update(bytes: Uint8Array): unknown;
  digest(): Uint8Array;
}

type FourLanes = (...integers: number[]) => void;
interface Lanes {
  readonly memory: Uint8Array;
  readonly run: FourLanes;
}
/** What of the WebAssembly API is used; its types are not among those of Node. */
interface WebAssemblyApi {
  validate(bytes: Uint8Array): boolean;
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => {
    readonly exports: { readonly m: { readonly buffer: ArrayBuffer }; readonly f: FourLanes };
  };
}

const chunkBytes = 1024;
const groupChunks = 16;
const groupBytes = groupChunks * chunkBytes;
// Memory: the group's bytes, then chaining values of its chunks and of the levels above.
const values = groupBytes;

/** The fastest hasher this machine has: four chunks at a time where WebAssembly has vectors, else plain JavaScript. */
export function createBlake3(): StreamHasher {
  const lanes = fourLanes();
  return lanes ? new Blake3Hasher(lanes) : blake3.create();
}

let prepared: { readonly lanes: Lanes | undefined } | undefined;
function fourLanes(): Lanes | undefined {
  prepared ??= { lanes: instantiate() };
  return prepared.lanes;
}

function instantiate(): Lanes | undefined {
  const { WebAssembly: wasm } = globalThis as unknown as { WebAssembly?: WebAssemblyApi };
  const bytes = fourLanesModule(1);
  if (!wasm?.validate(bytes)) return undefined;
  const { m, f } = new wasm.Instance(new wasm.Module(bytes)).exports;
  return { memory: new Uint8Array(m.buffer), run: f };
}

/** BLAKE3 over groups of 16 chunks; what is above them and the last group go through the scalar compression. */
class Blake3Hasher implements StreamHasher {
  readonly #lanes: Lanes;
  readonly #tail = new Uint8Array(groupBytes);
  /** Chaining values of complete subtrees, largest first. */
  readonly #stack: number[][] = [];
  #tailLength = 0;
  #groups = 0;

  constructor(lanes: Lanes) {
    this.#lanes = lanes;
  }

  update(bytes: Uint8Array): void {
    let rest = bytes;
    while (rest.length > 0) {
      // The last group of all is closed with other flags, so a full one waits until more comes.
      if (this.#tailLength === groupBytes) {
        this.#addGroup(this.#tail);
        this.#tailLength = 0;
      }
      for (; this.#tailLength === 0 && rest.length > groupBytes; rest = rest.subarray(groupBytes)) {
        this.#addGroup(rest.subarray(0, groupBytes));
      }
      const taken = rest.subarray(0, groupBytes - this.#tailLength);
      this.#tail.set(taken, this.#tailLength);
      this.#tailLength += taken.length;
      rest = rest.subarray(taken.length);
    }
  }

  digest(): Uint8Array {
    const isWhole = this.#stack.length === 0;
    let value = subtree(this.#tail.subarray(0, this.#tailLength), this.#groups * groupChunks, isWhole);
    for (let left = this.#stack.pop(); left !== undefined; left = this.#stack.pop()) {
      value = parent(left, value, this.#stack.length === 0);
    }
    return bytesOf(value);
  }

  #addGroup(group: Uint8Array): void {
    let value = this.#groupValue(group);
    this.#groups++;
    // As many subtrees of equal size are complete as the count of groups has zeros at its end.
    for (let count = this.#groups; count % 2 === 0; count /= 2)
      value = parent(this.#stack.pop() ?? value, value, false);
    this.#stack.push(value);
  }

  /** Chaining value of 16 chunks: 4 + 2 + 1 + 1 + 1 runs of four lanes; at the end some lanes run idle. */
  #groupValue(group: Uint8Array): number[] {
    const { memory, run } = this.#lanes;
    memory.set(group);
    const first = this.#groups * groupChunks;
    for (let chunk = 0; chunk < groupChunks; chunk += 4) {
      run(
        chunk * chunkBytes,
        chunkBytes,
        16,
        first + chunk,
        1,
        flag.chunkStart,
        flag.chunkEnd,
        values + chunk * 32,
      );
    }
    let from = values;
    for (let count = groupChunks / 2; count >= 1; count /= 2) {
      const to = from + count * 64;
      for (let pair = 0; pair < count; pair += 4) {
        run(from + pair * 64, 64, 1, 0, 0, flag.parent, 0, to + pair * 32);
      }
      from = to;
    }
    const view = new DataView(memory.buffer, from, 32);
    return Array.from({ length: 8 }, (_, index) => view.getUint32(index * 4, true));
  }
}

/** Chaining value of at most 16 chunks; the left part is the largest power of two that leaves something on the right. */
function subtree(bytes: Uint8Array, firstChunk: number, isRoot: boolean): number[] {
  if (bytes.length <= chunkBytes) return chunkValue(bytes, firstChunk, isRoot);
  let left = chunkBytes;
  while (left * 2 < bytes.length) left *= 2;
  const lower = subtree(bytes.subarray(0, left), firstChunk, false);
  return parent(lower, subtree(bytes.subarray(left), firstChunk + left / chunkBytes, false), isRoot);
}

function chunkValue(bytes: Uint8Array, counter: number, isRoot: boolean): number[] {
  let value: number[] = [...iv];
  const blocks = Math.max(1, Math.ceil(bytes.length / 64));
  for (let index = 0; index < blocks; index++) {
    const isLast = index === blocks - 1;
    const ends = isLast ? flag.chunkEnd | (isRoot ? flag.root : 0) : 0;
    const flags = (index === 0 ? flag.chunkStart : 0) | ends;
    value = compress(value, bytes.subarray(index * 64, index * 64 + 64), { counter, flags });
  }
  return value;
}

function parent(left: readonly number[], right: readonly number[], isRoot: boolean): number[] {
  const block = new Uint8Array(64);
  block.set(bytesOf(left));
  block.set(bytesOf(right), 32);
  return compress(iv, block, { counter: 0, flags: flag.parent | (isRoot ? flag.root : 0) });
}

function bytesOf(words: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(32);
  const view = new DataView(bytes.buffer);
  for (const [index, word] of words.entries()) view.setUint32(index * 4, word, true);
  return bytes;
}

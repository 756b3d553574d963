import { WasmCode, wasmModule } from "./wasm-code.ts";

/** BLAKE3's initial value. */
export const iv = [
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
] as const;
/** How message words move between rounds. */
export const permutation = [2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8] as const;

// Parameters and locals of the function. `input` has 4 lanes `stride` bytes apart, `blocks` blocks of 64 bytes each.
const [input, stride, blocks, counter, counterStep, firstFlags, lastFlags, output, block, flags] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
];
const state = 10; // 16 vectors: word i of all four lanes
const message = 26; // 16
const chain = 42; // 8
const scratch = 50; // 8
const counters = 58; // 1

/**
 * WebAssembly that compresses four inputs at once, one per lane of a vector: chunks (16 blocks, counted) or pairs of
 * chaining values (1 block). Leaves four chaining values of 32 bytes at `output`. BLAKE3 paper, sections 2.2 and 5.3.
 */
export function fourLanesModule(pages: number): Uint8Array {
  const code = new WasmCode();
  for (const [index, word] of iv.entries()) code.vectorConstant([word, word, word, word]).set(chain + index);
  code
    .get(counter)
    .splat()
    .get(counterStep)
    .splat()
    .vectorConstant([0, 1, 2, 3])
    .vectorMultiply()
    .vectorAdd()
    .set(counters);
  code.constant(0).set(block);
  code.repeatWhile(compressBlock);
  for (const half of [0, 4]) {
    transpose(code, chain + half);
    for (let lane = 0; lane < 4; lane++)
      code
        .get(output)
        .get(scratch + lane)
        .storeVector(lane * 32 + half * 4);
  }
  return wasmModule(code, { parameters: 8, integers: 2, vectors: 49, pages });
}

function compressBlock(code: WasmCode): void {
  loadMessage(code);
  code.get(firstFlags).constant(0).get(block).constant(0).equal().select();
  code.get(block).constant(1).add().set(block);
  code.get(lastFlags).constant(0).get(block).get(blocks).equal().select().or().set(flags);
  for (let index = 0; index < 8; index++) code.get(chain + index).set(state + index);
  for (const [index, word] of iv.slice(0, 4).entries())
    code.vectorConstant([word, word, word, word]).set(state + 8 + index);
  code
    .get(counters)
    .set(state + 12)
    .vectorConstant([0, 0, 0, 0])
    .set(state + 13);
  code
    .vectorConstant([64, 64, 64, 64])
    .set(state + 14)
    .get(flags)
    .splat()
    .set(state + 15);
  let order = Array.from({ length: 16 }, (_, index) => index);
  for (let round = 0; round < 7; round++) {
    compressRound(code, order);
    order = permutation.map((index) => order[index] ?? 0);
  }
  for (let index = 0; index < 8; index++) {
    code
      .get(state + index)
      .get(state + 8 + index)
      .vectorXor()
      .set(chain + index);
  }
  code.get(input).constant(64).add().set(input);
  code.get(block).get(blocks).lessUnsigned();
}

/** Reads a block of each lane so that message word i of all lanes is in vector i. */
function loadMessage(code: WasmCode): void {
  for (let quarter = 0; quarter < 4; quarter++) {
    for (let lane = 0; lane < 4; lane++) {
      code
        .get(input)
        .get(stride)
        .constant(lane)
        .multiply()
        .add()
        .loadVector(quarter * 16)
        .set(message + quarter * 4 + lane);
    }
    transpose(code, message + quarter * 4);
    for (let lane = 0; lane < 4; lane++) code.get(scratch + lane).set(message + quarter * 4 + lane);
  }
}

/** Turns 4 by 4 words around, from four vectors into the first four of scratch. */
function transpose(code: WasmCode, from: number): void {
  const words = (...indices: number[]) =>
    indices.flatMap((index) => [0, 1, 2, 3].map((byte) => index * 4 + byte));
  const mix = (a: number, b: number, lanes: number[], to: number) =>
    code.get(a).get(b).shuffle(lanes).set(to);
  for (const [index, low] of [
    [4, true],
    [5, false],
  ] as const) {
    const lanes = low ? words(0, 4, 1, 5) : words(2, 6, 3, 7);
    mix(from, from + 1, lanes, scratch + index);
    mix(from + 2, from + 3, lanes, scratch + index + 2);
  }
  for (const pair of [0, 1]) {
    mix(scratch + 4 + pair, scratch + 6 + pair, words(0, 1, 4, 5), scratch + pair * 2);
    mix(scratch + 4 + pair, scratch + 6 + pair, words(2, 3, 6, 7), scratch + pair * 2 + 1);
  }
}

function compressRound(code: WasmCode, order: readonly number[]): void {
  const columns = [
    [0, 4, 8, 12],
    [1, 5, 9, 13],
    [2, 6, 10, 14],
    [3, 7, 11, 15],
  ] as const;
  const diagonals = [
    [0, 5, 10, 15],
    [1, 6, 11, 12],
    [2, 7, 8, 13],
    [3, 4, 9, 14],
  ] as const;
  for (const [index, [a, b, c, d]] of [...columns, ...diagonals].entries()) {
    const half = (word: number, right: number, left: number) => {
      code
        .get(state + a)
        .get(state + b)
        .vectorAdd()
        .get(message + word)
        .vectorAdd()
        .set(state + a);
      rotate(code, state + d, state + a, right);
      code
        .get(state + c)
        .get(state + d)
        .vectorAdd()
        .set(state + c);
      rotate(code, state + b, state + c, left);
    };
    half(order[index * 2] ?? 0, 16, 12);
    half(order[index * 2 + 1] ?? 0, 8, 7);
  }
}

/** target = (target xor other) rotated right; whole bytes by a shuffle, which is one instruction. */
function rotate(code: WasmCode, target: number, other: number, bits: number): void {
  code.get(target).get(other).vectorXor().set(target);
  if (bits % 8 === 0) {
    const lanes = Array.from({ length: 16 }, (_, index) => (index & ~3) | ((index + bits / 8) & 3));
    code.get(target).get(target).shuffle(lanes).set(target);
  } else {
    code
      .get(target)
      .constant(bits)
      .shiftRight()
      .get(target)
      .constant(32 - bits)
      .shiftLeft()
      .vectorOr()
      .set(target);
  }
}

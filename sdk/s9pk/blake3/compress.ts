import { iv, permutation } from "./four-lanes.ts";

/** Flags of the compression function; BLAKE3 paper, section 2.1. */
export const flag = { chunkStart: 1, chunkEnd: 2, parent: 4, root: 8 } as const;

/** One compression of a block of at most 64 bytes, padded with zeros; gives the first 8 words. The slow road, for tails and tops of trees. */
export function compress(
  chain: readonly number[],
  block: Uint8Array,
  options: { readonly counter: number; readonly flags: number },
): number[] {
  const padded = new Uint8Array(64);
  padded.set(block);
  const view = new DataView(padded.buffer);
  let message = Array.from({ length: 16 }, (_, index) => view.getUint32(index * 4, true));
  const high = Math.floor(options.counter / 2 ** 32);
  const state = [...chain, ...iv.slice(0, 4), options.counter >>> 0, high, block.length, options.flags];
  for (let round = 0; round < 7; round++) {
    for (const [index, [a, b, c, d]] of lanes.entries())
      mix(state, [a, b, c, d], message.slice(index * 2, index * 2 + 2));
    message = permutation.map((from) => message[from] ?? 0);
  }
  return state.slice(0, 8).map((word, index) => (word ^ (state[index + 8] ?? 0)) >>> 0);
}

const lanes = [
  [0, 4, 8, 12],
  [1, 5, 9, 13],
  [2, 6, 10, 14],
  [3, 7, 11, 15],
  [0, 5, 10, 15],
  [1, 6, 11, 12],
  [2, 7, 8, 13],
  [3, 4, 9, 14],
] as const;

function mix(
  state: number[],
  [ia, ib, ic, id]: readonly [number, number, number, number],
  words: readonly number[],
): void {
  let [a = 0, b = 0, c = 0, d = 0] = [state[ia], state[ib], state[ic], state[id]];
  for (const [index, word] of words.entries()) {
    a = (a + b + word) >>> 0;
    d = rotateRight(d ^ a, index === 0 ? 16 : 8);
    c = (c + d) >>> 0;
    b = rotateRight(b ^ c, index === 0 ? 12 : 7);
  }
  [state[ia], state[ib], state[ic], state[id]] = [a, b, c, d];
}

function rotateRight(word: number, bits: number): number {
  return ((word >>> bits) | (word << (32 - bits))) >>> 0;
}

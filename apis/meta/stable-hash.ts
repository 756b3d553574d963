/**
 * A 32-bit FNV-1a hash in eight hexadecimal digits, for names made of other names. Not for secrets: only for telling apart what a
 * readable part of the name does not.
 */
export function stableHash(text: string): string {
  return hashNumber(text).toString(16).padStart(8, "0");
}

/** The same hash as a number, 0 ≤ n < 2^32. */
export function hashNumber(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  }
  return hash;
}

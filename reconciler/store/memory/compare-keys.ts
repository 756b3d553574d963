/**
 * The order of keys: by bytes of their UTF-8, as etcd has it. JavaScript compares UTF-16 units, which differs where a surrogate
 * (U+D800 to U+DFFF, code points above U+FFFF) meets a unit from U+E000 on. Negative, zero or positive.
 */
export function compareKeys(a: string, b: string): number {
  if (a === b) return 0;
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i += 1) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left !== right) return rankOf(left) - rankOf(right);
  }
  return a.length - b.length;
}

/** Moves the surrogates above all other units. */
function rankOf(unit: number): number {
  if (unit < 0xd8_00) return unit;
  return unit < 0xe0_00 ? unit + 0x20_00 : unit - 0x8_00;
}

const NANO = 1_000_000_000n;

const SUFFIXES: Readonly<Record<string, readonly [bigint, bigint]>> = {
  n: [1n, NANO],
  u: [1n, 1_000_000n],
  m: [1n, 1000n],
  "": [1n, 1n],
  k: [1000n, 1n],
  M: [10n ** 6n, 1n],
  G: [10n ** 9n, 1n],
  T: [10n ** 12n, 1n],
  P: [10n ** 15n, 1n],
  E: [10n ** 18n, 1n],
  Ki: [2n ** 10n, 1n],
  Mi: [2n ** 20n, 1n],
  Gi: [2n ** 30n, 1n],
  Ti: [2n ** 40n, 1n],
  Pi: [2n ** 50n, 1n],
  Ei: [2n ** 60n, 1n],
};

/** A Kubernetes quantity (`1.5Gi`, `250m`, `1e3`), exact to a billionth. */
export class Quantity {
  readonly nanos: bigint;

  constructor(nanos: bigint) {
    this.nanos = nanos;
  }

  /** Undefined when the text is none. */
  static parse(text: string): Quantity | undefined {
    const match =
      /^([+-]?)(\d{1,30})(?:\.(\d{0,30}))?(?:[eE]([+-]?\d{1,2})|(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?)$/.exec(
        text,
      );
    if (!match) return undefined;
    const [, sign, whole = "0", fraction = "", exponent = "0", suffix = ""] = match;
    const [times, by] = SUFFIXES[suffix] ?? [1n, 1n];
    const digits = BigInt(whole + fraction) * NANO * times * 10n ** BigInt(Math.max(0, Number(exponent)));
    // What is finer than a billionth is rounded up, as Kubernetes does.
    const divisor = by * 10n ** BigInt(fraction.length + Math.max(0, -Number(exponent)));
    const nanos = (digits + divisor - 1n) / divisor;
    return new Quantity(sign === "-" ? -nanos : nanos);
  }

  compareTo(other: Quantity): bigint {
    return this.nanos < other.nanos ? -1n : this.nanos > other.nanos ? 1n : 0n;
  }

  get isInteger(): boolean {
    return this.nanos % NANO === 0n && BigInt.asIntN(64, this.nanos / NANO) === this.nanos / NANO;
  }

  /** Throws RangeError when it is no 64-bit integer. */
  asInteger(): bigint {
    if (!this.isInteger) throw new RangeError("cannot convert value to integer");
    return this.nanos / NANO;
  }

  asApproximateFloat(): number {
    return Number(this.nanos) / Number(NANO);
  }
}

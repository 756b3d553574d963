/** A calculation came to a point where it needs an object in another version, which somebody else must convert. */
export class ConversionNeeded extends Error {
  override readonly name = "ConversionNeeded";
  /** Has it converted and remembered, so that the calculation finds it the next time. */
  readonly resolve: () => Promise<void>;

  constructor(resolve: () => Promise<void>) {
    super("a conversion is needed first");
    this.resolve = resolve;
  }
}

/** More conversions than one write can need: one for each version its fields are managed in, before and after. */
const MOST = 50;

/**
 * Runs a calculation without side effects, again and again as it asks for conversions. So the walks of server-side apply stay plain
 * functions, although a webhook takes part in them.
 */
export async function withConversions<T>(calculate: () => T): Promise<T> {
  for (let round = 1; ; round += 1) {
    try {
      return calculate();
    } catch (error) {
      if (!(error instanceof ConversionNeeded) || round > MOST) throw error;
      await error.resolve();
    }
  }
}

const SUFFIX: Readonly<Record<string, number>> = {
  "": 1,
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** Matches a non-negative Kubernetes quantity: `512Mi`, `0.5`, `250m`. */
export const QUANTITY_PATTERN = "^[0-9]+(\\.[0-9]+)?(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$";

/** The number a Kubernetes quantity stands for (bytes, cores, count). Throws RangeError when it is none. */
export function parseQuantity(text: string): number {
  const match = /^([0-9]+(?:\.[0-9]+)?)([a-zA-Z]*)$/.exec(text);
  const factor = match?.[2] === undefined ? undefined : SUFFIX[match[2]];
  if (match?.[1] === undefined || factor === undefined) {
    throw new RangeError(`Cannot read quantity "${text}": wanted a number such as 512Mi, 250m or 2`);
  }
  return Number(match[1]) * factor;
}

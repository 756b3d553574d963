import type { Effects } from "../abi/effects.ts";

type Answer = (path: string, options: Readonly<Record<string, unknown>>) => unknown;

/** Effects that remember what was asked, as `[path, options]`, and answer null unless told otherwise. */
export function recordedEffects(answer: Answer = () => null): {
  readonly effects: Effects;
  readonly calls: [string, Readonly<Record<string, unknown>>][];
} {
  const calls: [string, Readonly<Record<string, unknown>>][] = [];
  const member = (path: string): unknown => {
    const call = async (options: Readonly<Record<string, unknown>> = {}) => {
      calls.push([path, options]);
      return answer(path, options);
    };
    return new Proxy(call, { get: (_, name) => member(`${path}.${String(name)}`) });
  };
  const effects = new Proxy({}, { get: (_, name) => (name === "then" ? undefined : member(String(name))) });
  // Every member exists and is callable, which is all that code under test can tell.
  return { effects: effects as Effects, calls };
}

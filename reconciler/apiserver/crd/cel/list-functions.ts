import type { Environment } from "@marcbachmann/cel-js";

import { celEqual } from "./cel-equal.ts";

type List = readonly unknown[];
type Comparable = bigint | number | string | boolean | Date;

/** Kubernetes' library of lists and sets. */
export function addListFunctions(environment: Environment): void {
  environment
    .registerFunction("list.isSorted(): bool", isSorted)
    .registerFunction("list<int>.sum(): int", (list: readonly bigint[]) => list.reduce((a, b) => a + b, 0n))
    .registerFunction("list<double>.sum(): double", (list: readonly number[]) =>
      list.reduce((a, b) => a + b, 0),
    )
    .registerFunction("list<int>.min(): int", (list: List) => extreme(list, -1))
    .registerFunction("list<int>.max(): int", (list: List) => extreme(list, 1))
    .registerFunction("list<double>.min(): double", (list: List) => extreme(list, -1))
    .registerFunction("list<double>.max(): double", (list: List) => extreme(list, 1))
    .registerFunction("list<string>.min(): string", (list: List) => extreme(list, -1))
    .registerFunction("list<string>.max(): string", (list: List) => extreme(list, 1))
    .registerFunction("list.indexOf(dyn): int", (list: List, wanted: unknown) =>
      BigInt(list.findIndex((item) => celEqual(item, wanted))),
    )
    .registerFunction("list.lastIndexOf(dyn): int", (list: List, wanted: unknown) =>
      BigInt(list.findLastIndex((item) => celEqual(item, wanted))),
    )
    .registerFunction("list.distinct(): list", (list: List) =>
      list.filter((item, i) => !list.slice(0, i).some((other) => celEqual(item, other))),
    )
    .registerFunction("list.reverse(): list", (list: List) => list.toReversed())
    .registerFunction("list.flatten(): list", (list: List) => list.flat(1))
    .registerFunction("list.slice(int, int): list", (list: List, from: bigint, to: bigint) =>
      list.slice(Number(from), Number(to)),
    )
    .registerFunction("list.sort(): list", (list: List) => list.toSorted(compare));
  addSets(environment);
}

class Sets {
  readonly name = "sets";
}

function addSets(environment: Environment): void {
  const has = (list: List, wanted: unknown): boolean => list.some((item) => celEqual(item, wanted));
  const contains = (_: Sets, all: List, some: List): boolean => some.every((item) => has(all, item));
  environment
    .registerType("SetsNamespace", { ctor: Sets, fields: {} })
    .registerConstant("sets", "SetsNamespace", new Sets())
    .registerFunction("SetsNamespace.contains(list, list): bool", contains)
    .registerFunction(
      "SetsNamespace.equivalent(list, list): bool",
      (sets: Sets, a: List, b: List) => contains(sets, a, b) && contains(sets, b, a),
    )
    .registerFunction("SetsNamespace.intersects(list, list): bool", (_: Sets, a: List, b: List) =>
      a.some((item) => has(b, item)),
    );
}

function isSorted(list: List): boolean {
  return list.every((item, i) => i === 0 || compare(list[i - 1], item) <= 0);
}

function compare(a: unknown, b: unknown): number {
  return isComparable(a) && isComparable(b) ? (a < b ? -1 : a > b ? 1 : 0) : 0;
}

function isComparable(value: unknown): value is Comparable {
  return ["bigint", "number", "string", "boolean"].includes(typeof value) || value instanceof Date;
}

/** Throws RangeError for an empty list. */
function extreme(list: List, sign: 1 | -1): unknown {
  if (list.length === 0) throw new RangeError(`${sign < 0 ? "min" : "max"} called on empty list`);
  return list.reduce((best, item) => (compare(item, best) * sign > 0 ? item : best));
}

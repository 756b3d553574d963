import { isFields } from "../json.ts";
import type { Filter, Operand, Path, PathStep } from "./path.ts";

/** Everything a path finds, in order; nothing where a step is missing. */
export function evaluatePath(path: Path, current: unknown, root: unknown = current): readonly unknown[] {
  return path.steps.reduce<readonly unknown[]>(
    (found, step) => found.flatMap((value) => stepDown(step, value, root)),
    [path.root === "$" ? root : current],
  );
}

function stepDown(step: PathStep, value: unknown, root: unknown): readonly unknown[] {
  switch (step.do) {
    case "member":
      return isFields(value) && Object.hasOwn(value, step.name) ? [value[step.name]] : [];
    case "all":
      return childrenOf(value);
    case "descend":
      return [value, ...descendantsOf(value)];
    case "index":
      return itemAt(value, step.index);
    case "slice":
      return sliceOf(value, step);
    case "union":
      return step.steps.flatMap((inner) => stepDown(inner, value, root));
    case "filter":
      return childrenOf(value).filter((item) => holds(step.filter, item, root));
  }
}

/** Members in order of their names, as Go walks maps where order can be seen. */
function childrenOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (!isFields(value)) return [];
  return Object.keys(value)
    .toSorted()
    .map((name) => value[name]);
}

function descendantsOf(value: unknown): readonly unknown[] {
  return childrenOf(value).flatMap((child) => [child, ...descendantsOf(child)]);
}

function itemAt(value: unknown, index: number): readonly unknown[] {
  if (!Array.isArray(value)) return [];
  const at = index < 0 ? value.length + index : index;
  return at in value ? [value[at]] : [];
}

function sliceOf(value: unknown, { from, to, step }: Extract<PathStep, { do: "slice" }>): readonly unknown[] {
  if (!Array.isArray(value)) return [];
  return value.slice(from ?? 0, to).filter((_, index) => index % step === 0);
}

function holds({ left, operator, right }: Filter, item: unknown, root: unknown): boolean {
  const found = valuesOf(left, item, root);
  if (operator === "exists" || !right) return found.length > 0;
  const wanted = valuesOf(right, item, root);
  return found.some((a) => wanted.some((b) => compares(a, operator, b)));
}

function valuesOf(operand: Operand, item: unknown, root: unknown): readonly unknown[] {
  return "path" in operand ? evaluatePath(operand.path, item, root) : [operand.value];
}

function compares(a: unknown, operator: Exclude<Filter["operator"], "exists">, b: unknown): boolean {
  if (operator === "==") return a === b;
  if (operator === "!=") return a !== b;
  const order =
    typeof a === "number" && typeof b === "number"
      ? a - b
      : typeof a === "string" && typeof b === "string"
        ? Number(a > b) - Number(a < b)
        : Number.NaN;
  switch (operator) {
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
  }
}

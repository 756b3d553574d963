import { isObject } from "../json/json-object.ts";

type Step =
  | { readonly do: "member"; readonly name: string }
  | { readonly do: "index"; readonly index: number }
  | { readonly do: "all" }
  | { readonly do: "filter"; readonly path: readonly Step[]; readonly value: string };

const STEP =
  /^(?:\.([A-Za-z_][\w-]*)|\['([^']*)'\]|\[(\d+)\]|\[(\*)\]|\[\?\(@((?:\.[\w-]+)+)==["']([^"']*)["']\)\])/;

/** Kubernetes' simple JSONPath of printer columns: `.a.b[0]`, `.a['x.y']`, `.a[*].b`, `.a[?(@.type=="Ready")].b`. Throws Error. */
export function compileJsonPath(path: string): (value: unknown) => readonly unknown[] {
  const steps = parse(path);
  return (value) =>
    steps.reduce<readonly unknown[]>((found, step) => found.flatMap((item) => walk(step, item)), [value]);
}

function parse(path: string): readonly Step[] {
  const steps: Step[] = [];
  let rest = path;
  while (rest !== "") {
    const match = STEP.exec(rest);
    if (!match) throw new Error(`Cannot read JSONPath "${path}": found "${rest}"`);
    steps.push(stepOf(match));
    rest = rest.slice(match[0].length);
  }
  return steps;
}

function stepOf([, member, quoted, index, all, filter, value]: RegExpExecArray): Step {
  if (index !== undefined) return { do: "index", index: Number(index) };
  if (all !== undefined) return { do: "all" };
  if (filter !== undefined && value !== undefined) return { do: "filter", path: parse(filter), value };
  return { do: "member", name: member ?? quoted ?? "" };
}

function walk(step: Step, value: unknown): readonly unknown[] {
  switch (step.do) {
    case "member":
      return isObject(value) && Object.hasOwn(value, step.name) ? [value[step.name]] : [];
    case "index":
      return Array.isArray(value) && step.index < value.length ? [value[step.index]] : [];
    case "all":
      return Array.isArray(value) ? value : isObject(value) ? Object.values(value) : [];
    case "filter":
      return (Array.isArray(value) ? value : []).filter((item) => {
        const found = step.path.reduce<readonly unknown[]>(
          (at, next) => at.flatMap((it) => walk(next, it)),
          [item],
        );
        return found.length > 0 && String(found[0]) === step.value;
      });
  }
}

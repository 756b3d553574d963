import { isObject } from "../json/json-object.ts";

/** From one value to those it leads to. */
type Step = (value: unknown) => readonly unknown[];

/**
 * Kubernetes' JSONPath of printer columns: `.a.b[0]`, `.a['x.y']`, `.a.x\.y`, `.a[*].b`, `.a[-1:].b`, `..a` and
 * `.a[?(@.type=="Ready")].b`. Throws Error.
 */
export function compileJsonPath(path: string): (value: unknown) => readonly unknown[] {
  const steps = parse(path);
  return (value) => follow(steps, value);
}

function follow(steps: readonly Step[], value: unknown): readonly unknown[] {
  return steps.reduce<readonly unknown[]>((found, step) => found.flatMap(step), [value]);
}

function parse(path: string): readonly Step[] {
  const steps: Step[] = [];
  let rest = path.replace(/^\$/, "");
  while (rest !== "") {
    const read = NOTATIONS.map(([pattern, make]) => ({ match: pattern.exec(rest), make }));
    const found = read.find(({ match }) => match);
    if (!found?.match) throw new Error(`Cannot read JSONPath "${path}": found "${rest}"`);
    const [whole, ...parts] = found.match;
    steps.push(found.make(parts.map((part: string | undefined) => part ?? "")));
    rest = rest.slice(whole.length);
  }
  return steps;
}

/** What a path is made of, each from its beginning. Names may hold anything but dots and brackets, and those behind a backslash. */
const NOTATIONS: readonly (readonly [RegExp, (parts: readonly string[]) => Step])[] = [
  [/^\.\*/, () => all],
  [/^\.\.((?:\\.|[^.[\]\\\s])+)/, ([name = ""]) => everywhere(unescape(name))],
  [/^\.((?:\\.|[^.[\]\\\s*])+)/, ([name = ""]) => member(unescape(name))],
  [/^\['((?:\\.|[^'\\])*)'\]/, ([name = ""]) => member(unescape(name))],
  [/^\["((?:\\.|[^"\\])*)"\]/, ([name = ""]) => member(unescape(name))],
  [/^\[\*\]/, () => all],
  [
    /^\[(-?\d+)\]/,
    ([index = ""]) =>
      (value) =>
        Array.isArray(value) ? value.slice(Number(index)).slice(0, 1) : [],
  ],
  [/^\[(-?\d*):(-?\d*)\]/, ([from = "", to = ""]) => slice(from, to)],
  [
    /^\[\?\(\s*@((?:\.[\w-]+|\['[^']*'\]|\["[^"]*"\])*)\s*(?:(==|!=|<=|>=|<|>)\s*(?:"([^"]*)"|'([^']*)'|([\w.+-]+))\s*)?\)\]/,
    ([path = "", sign = "", double = "", single = "", bare = ""]) =>
      filter(path, sign, double || single || bare),
  ],
];

function unescape(name: string): string {
  return name.replaceAll(/\\(.)/g, "$1");
}

const all: Step = (value) => (Array.isArray(value) ? value : isObject(value) ? Object.values(value) : []);

function member(name: string): Step {
  return (value) => (isObject(value) && Object.hasOwn(value, name) ? [value[name]] : []);
}

function everywhere(name: string): Step {
  const own = member(name);
  const search: Step = (value) => [...own(value), ...all(value).flatMap(search)];
  return search;
}

function slice(from: string, to: string): Step {
  const start = Number(from);
  const end = to === "" ? undefined : Number(to);
  return (value) => (Array.isArray(value) ? value.slice(start, end) : []);
}

function filter(path: string, sign: string, wanted: string): Step {
  const steps = parse(path);
  return (value) =>
    (Array.isArray(value) ? value : []).filter((item) => {
      const found = follow(steps, item);
      return found.length > 0 && (sign === "" || compares(found[0], sign, wanted));
    });
}

function compares(found: unknown, sign: string, wanted: string): boolean {
  const text = typeof found === "string" ? found : JSON.stringify(found);
  const order =
    typeof found === "number" ? found - Number(wanted) : text < wanted ? -1 : text > wanted ? 1 : 0;
  switch (sign) {
    case "==":
      return order === 0;
    case "!=":
      return order !== 0;
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    default:
      return order >= 0;
  }
}

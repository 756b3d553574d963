import type { Filter, Operand, Path, PathStep } from "./path.ts";
import type { TextCursor } from "./text-cursor.ts";

/** Reads a path of kubectl's dialect up to where it ends. Throws a usage error. */
export function parsePath(cursor: TextCursor): Path {
  const root = cursor.take("$") ? "$" : cursor.take("@") ? "@" : undefined;
  const steps: PathStep[] = [];
  // `{status.phase}`: the first dot may be left out.
  if (root === undefined && /[A-Za-z_]/.test(cursor.peek())) steps.push(memberStep(cursor));
  while (cursor.peek() === "." || cursor.peek() === "[") {
    if (cursor.take("[")) {
      steps.push(parseBracket(cursor));
    } else if (cursor.take("..")) {
      steps.push({ do: "descend" });
      if (cursor.peek() !== "[") steps.push(memberStep(cursor));
    } else {
      cursor.take(".");
      if (cursor.peek() === "[" || !/[^\s{}()[\],=<>!|]/.test(cursor.peek())) continue;
      steps.push(memberStep(cursor));
    }
  }
  return { root: root ?? "@", steps };
}

function memberStep(cursor: TextCursor): PathStep {
  if (cursor.take("*")) return { do: "all" };
  const found = cursor.match(/(?:\\.|[^\s\\.[\]{}(),=<>!|])+/y);
  if (!found) return cursor.fail("a member's name");
  return { do: "member", name: found[0].replaceAll(/\\(.)/g, "$1") };
}

function parseBracket(cursor: TextCursor): PathStep {
  cursor.skipSpace();
  if (cursor.take("?(")) {
    const filter = parseFilter(cursor);
    if (!cursor.take(")")) cursor.fail('")"');
    cursor.skipSpace();
    if (!cursor.take("]")) cursor.fail('"]"');
    return { do: "filter", filter };
  }
  const steps: PathStep[] = [parseSubscript(cursor)];
  while (cursor.take(",")) steps.push(parseSubscript(cursor));
  if (!cursor.take("]")) cursor.fail('"]"');
  const [only] = steps;
  return steps.length === 1 && only ? only : { do: "union", steps };
}

function parseSubscript(cursor: TextCursor): PathStep {
  cursor.skipSpace();
  const step = subscriptAt(cursor);
  cursor.skipSpace();
  return step;
}

function subscriptAt(cursor: TextCursor): PathStep {
  if (cursor.take("*")) return { do: "all" };
  const quoted = parseQuoted(cursor);
  if (quoted !== undefined) return { do: "member", name: quoted };
  const slice = cursor.match(/(-?\d+)?:(-?\d+)?(?::(\d+))?/y);
  if (slice) {
    const number = (text: string | undefined): number | undefined =>
      text === undefined ? undefined : Number(text);
    return {
      do: "slice",
      from: number(slice[1]),
      to: number(slice[2]),
      step: Math.max(1, number(slice[3]) ?? 1),
    };
  }
  const index = cursor.match(/-?\d+/y);
  if (index) return { do: "index", index: Number(index[0]) };
  return cursor.fail("an index, a slice, * or a quoted name");
}

/** Text in single or double quotes, with the usual escapes; undefined when there is none. */
export function parseQuoted(cursor: TextCursor): string | undefined {
  const found = cursor.match(/'((?:\\[^]|[^'\\])*)'|"((?:\\[^]|[^"\\])*)"/y);
  if (!found) return undefined;
  return (found[1] ?? found[2] ?? "").replaceAll(/\\([^])/g, (_, char: string) => ESCAPES[char] ?? char);
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r" };

function parseFilter(cursor: TextCursor): Filter {
  const left = parseOperand(cursor);
  const operator = cursor.match(/==|!=|<=|>=|<|>/y)?.[0];
  if (!isOperator(operator)) return { left, operator: "exists", right: undefined };
  return { left, operator, right: parseOperand(cursor) };
}

function isOperator(text: string | undefined): text is Exclude<Filter["operator"], "exists"> {
  return text !== undefined;
}

function parseOperand(cursor: TextCursor): Operand {
  cursor.skipSpace();
  const operand = operandAt(cursor);
  cursor.skipSpace();
  return operand;
}

function operandAt(cursor: TextCursor): Operand {
  const quoted = parseQuoted(cursor);
  if (quoted !== undefined) return { value: quoted };
  const number = cursor.match(/-?\d+(\.\d+)?/y);
  if (number) return { value: Number(number[0]) };
  const word = cursor.match(/(true|false|null)\b/y);
  if (word) return { value: word[0] === "null" ? null : word[0] === "true" };
  if (/[@$.]/.test(cursor.peek())) return { path: parsePath(cursor) };
  return cursor.fail("a path, a number or a quoted text");
}

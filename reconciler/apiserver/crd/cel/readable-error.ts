/** An error of the CEL library as cel-go would say it: with place, line and a mark below. */
export function readableError(error: unknown, text: string): string {
  if (!(error instanceof Error)) return "unknown error";
  const summary = summaryOf(error);
  const found = startOf(error);
  if (found === undefined) return summary;
  // A member that is not there is marked at its dot.
  const start = text[found - 1] === "." && summary.startsWith("undefined field") ? found - 1 : found;
  const before = text.slice(0, start).split("\n");
  const [line, column] = [before.length, before.at(-1)?.length ?? 0];
  const shown = text.split("\n")[line - 1] ?? "";
  return `ERROR: <input>:${line}:${column + 1}: ${summary}\n | ${shown}\n | ${".".repeat(column)}^`;
}

/** The first line, in cel-go's words where it has its own. */
export function summaryOf(error: Error): string {
  const [first = ""] = error.message.split("\n");
  const [, field] = /^No such key: (.*)$/.exec(first) ?? [];
  if (field !== undefined)
    return error.name === "EvaluationError" ? `no such key: ${field}` : `undefined field '${field}'`;
  const [, variable] = /^Unknown variable: (.*)$/.exec(first) ?? [];
  return variable === undefined ? first : `undeclared reference to '${variable}' (in container '')`;
}

function startOf(error: Error): number | undefined {
  const range: unknown = Reflect.get(error, "range");
  if (typeof range !== "object" || range === null) return undefined;
  const start: unknown = Reflect.get(range, "start");
  return typeof start === "number" ? start : undefined;
}

import { usageError } from "../cli-error.ts";
import { qualified, type ServedKind } from "../connection/discovery.ts";
import { apiVersionOf } from "../connection/discovery.ts";
import { listAll } from "../connection/list-all.ts";
import { byName, queryPath } from "../connection/query.ts";
import type { Target } from "../connection/targets.ts";
import { watchEvents } from "../connection/watch-events.ts";
import { field, type Fields, fieldsOf, textOf } from "../json.ts";
import { type Template, parseTemplate } from "../jsonpath/parse-template.ts";
import { renderTemplate } from "../jsonpath/render-template.ts";
import { jsonText, listObject, withoutManagedFields, yamlText } from "../output/object-text.ts";
import type { Get } from "./get-tables.ts";

/** Prints one object, or a list of them. */
type Printer = (value: Fields, of: readonly ServedKind[]) => string;

/** Prints what the server has as text for programs; then, when asked to, every change. */
export async function getObjects(get: Get, format: string): Promise<void> {
  const { invocation, targets } = get;
  const print = printerOf(format);
  const keepFields = invocation.options.flag("showManagedFields");
  const look = (object: Fields): Fields => (keepFields ? object : withoutManagedFields(object));
  const found: Fields[] = [];
  let resourceVersion = "";
  for (const target of targets) {
    const read = await readObjects(get, target);
    found.push(...read.items.map(look));
    resourceVersion = read.resourceVersion;
  }
  const kinds = targets.map(({ kind }) => kind);
  const single = targets.length === 1 && targets[0]?.names.length === 1;
  const watching = invocation.options.flag("watch");
  if (!watching) {
    const value = single ? found[0] : listObject(found);
    invocation.terminal.out(print(value ?? listObject([]), kinds));
    return;
  }
  for (const object of found) invocation.terminal.out(print(object, kinds));
  const [target] = targets;
  if (target)
    await watchObjects(get, target, resourceVersion, async (object) => {
      invocation.terminal.out(print(look(object), kinds));
    });
}

function printerOf(format: string): Printer {
  if (format === "json") return jsonText;
  if (format === "yaml") return yamlText;
  if (format === "name") return printNames;
  const template = /^jsonpath=(.*)$/su.exec(format)?.[1];
  if (template !== undefined) {
    const parsed: Template = parseTemplate(template);
    return (value) => renderTemplate(parsed, value);
  }
  throw usageError(
    `Cannot print as "${format}": wanted wide, json, yaml, name or jsonpath=TEMPLATE`,
    "for example -o jsonpath='{.status.phase}'",
  );
}

function printNames(value: Fields, kinds: readonly ServedKind[]): string {
  const items = value["kind"] === "List" && Array.isArray(value["items"]) ? value["items"] : [value];
  return items
    .map((item: unknown) => {
      const kind = kinds.find(
        (served) => served.kind === field(item, "kind") && apiVersionOf(served) === field(item, "apiVersion"),
      );
      return `${kind ? qualified(kind) : ""}/${textOf(field(item, "metadata", "name")) ?? ""}\n`;
    })
    .join("");
}

async function readObjects(
  { session, query, invocation }: Get,
  { kind, names }: Target,
): Promise<{ items: readonly Fields[]; resourceVersion: string }> {
  if (names.length === 0) return listAll(session.transport, kind, query, invocation.signal);
  const items: Fields[] = [];
  for (const name of names) {
    const path = queryPath(kind, query, name);
    items.push(fieldsOf(await session.transport.json({ method: "GET", path, signal: invocation.signal })));
  }
  return { items, resourceVersion: textOf(field(items.at(-1), "metadata", "resourceVersion")) ?? "" };
}

async function watchObjects(
  { session, query, invocation }: Get,
  { kind, names }: Target,
  from: string,
  onObject: (object: Fields) => Promise<void>,
): Promise<void> {
  const path = (resourceVersion: string): string =>
    queryPath(kind, byName(query, names[0]), undefined, { watch: "true", resourceVersion });
  const { signal } = invocation;
  for await (const event of watchEvents({ transport: session.transport, path, from, signal })) {
    if (event.type !== "BOOKMARK") await onObject(fieldsOf(event.object));
  }
}

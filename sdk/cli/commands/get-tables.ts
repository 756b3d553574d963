import { qualified } from "../connection/discovery.ts";
import { byName, type Query, queryPath } from "../connection/query.ts";
import type { Session } from "../connection/session.ts";
import type { Target } from "../connection/targets.ts";
import { watchEvents } from "../connection/watch-events.ts";
import type { Invocation } from "../invocation.ts";
import { field, isFields, textOf } from "../json.ts";
import { alignRows } from "../output/table.ts";
import { columnsOf, type ServedTable, tableOf, type TableLook, tableRows } from "./served-table.ts";

export interface Get {
  readonly invocation: Invocation;
  readonly session: Session;
  readonly targets: readonly Target[];
  readonly query: Query;
}

const TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";
const PAGE = "500";

/** Prints what the server has as tables; then, when asked to, every change. */
export async function getTables(get: Get, wide: boolean): Promise<void> {
  const { invocation, targets, query } = get;
  const { options, terminal } = invocation;
  let printed = 0;
  for (const target of targets) {
    const tables = await readTables(get, target);
    const rows = tables.flatMap((table) => table.rows);
    const look: TableLook = {
      wide,
      namespaces: target.kind.scope === "Namespaced" && query.namespace === undefined,
      labels: options.flag("showLabels"),
      prefix: targets.length > 1 && target.names.length === 0 ? `${qualified(target.kind)}/` : "",
      colours: terminal.colours,
    };
    const columns = tables[0] === undefined ? [] : columnsOf(tables[0], look);
    const header = options.isOff("headers") ? [] : [columns.map(({ name }) => name.toUpperCase())];
    const widths: number[] = [];
    if (rows.length > 0) {
      if (printed > 0) terminal.out("\n");
      terminal.out(alignRows([...header, ...tableRows(rows, columns, look)], widths));
      printed += rows.length;
    }
    if (!options.flag("watch")) continue;
    const onRows = (table: ServedTable): void => {
      const first = printed === 0 ? header : [];
      printed += table.rows.length;
      terminal.out(alignRows([...first, ...tableRows(table.rows, columns, look)], widths));
    };
    await watchTable(get, target, tables.at(-1)?.resourceVersion ?? "", onRows);
  }
  if (printed === 0) terminal.say(nothingFound(targets, query));
}

function nothingFound(targets: readonly Target[], { namespace }: Query): string {
  const inNamespace = namespace !== undefined && targets.some(({ kind }) => kind.scope === "Namespaced");
  return `No resources found${inNamespace ? ` in ${namespace} namespace` : ""}.\n`;
}

async function readTables(
  { session, query, invocation }: Get,
  { kind, names }: Target,
): Promise<ServedTable[]> {
  const read = async (path: string): Promise<ServedTable> =>
    tableOf(await session.transport.json({ method: "GET", path, accept: TABLE, signal: invocation.signal }));
  if (names.length > 0) {
    const tables: ServedTable[] = [];
    for (const name of names) tables.push(await read(queryPath(kind, query, name)));
    return tables;
  }
  const tables: ServedTable[] = [];
  let next: string | undefined;
  do {
    const table = await read(queryPath(kind, query, undefined, { limit: PAGE, continue: next }));
    tables.push(table);
    next = table.next;
  } while (next !== undefined);
  return tables;
}

async function watchTable(
  { session, query, invocation }: Get,
  { kind, names }: Target,
  resourceVersion: string,
  onRows: (table: ServedTable) => void,
): Promise<void> {
  const path = (from: string): string =>
    queryPath(kind, byName(query, names[0]), undefined, { watch: "true", resourceVersion: from });
  const { signal } = invocation;
  for await (const { object } of watchEvents({
    transport: session.transport,
    path,
    from: resourceVersion,
    accept: TABLE,
    signal,
    versionOf: (table) => lastVersionIn(table),
  })) {
    onRows(tableOf(object));
  }
}

function lastVersionIn(table: unknown): string | undefined {
  const rows = field(table, "rows");
  const last: unknown = Array.isArray(rows) ? rows.at(-1) : undefined;
  return isFields(last) ? textOf(field(last, "object", "metadata", "resourceVersion")) : undefined;
}

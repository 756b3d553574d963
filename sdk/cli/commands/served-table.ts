import { field, fieldsOf, listOf, numberOf, textOf } from "../json.ts";
import { coloured, colourOfWord } from "../output/colour.ts";
import { cellText } from "../output/table.ts";

/** A meta.k8s.io/v1 Table. */
export interface ServedTable {
  readonly columns: readonly { readonly name: string; readonly priority: number }[];
  readonly rows: readonly ServedRow[];
  readonly resourceVersion: string;
  /** Token of the next page. */
  readonly next: string | undefined;
}

export interface ServedRow {
  readonly cells: readonly unknown[];
  readonly namespace: string;
  readonly labels: Readonly<Record<string, unknown>>;
}

/** What is shown beside the columns the server gives. */
export interface TableLook {
  readonly wide: boolean;
  readonly namespaces: boolean;
  readonly labels: boolean;
  /** Before each name, when several kinds are shown. */
  readonly prefix: string;
  readonly colours: boolean;
}

export interface ShownColumn {
  readonly name: string;
  readonly cell: (row: ServedRow) => string;
}

export function tableOf(value: unknown): ServedTable {
  return {
    columns: listOf(field(value, "columnDefinitions")).map((column) => ({
      name: textOf(field(column, "name")) ?? "",
      priority: numberOf(field(column, "priority")) ?? 0,
    })),
    rows: listOf(field(value, "rows")).map((row) => ({
      cells: listOf(field(row, "cells")),
      namespace: textOf(field(row, "object", "metadata", "namespace")) ?? "",
      labels: fieldsOf(field(row, "object", "metadata", "labels")),
    })),
    resourceVersion: textOf(field(value, "metadata", "resourceVersion")) ?? "",
    next: textOf(field(value, "metadata", "continue")) || undefined,
  };
}

/** Which columns are printed, in order. */
export function columnsOf(table: ServedTable, look: TableLook): readonly ShownColumn[] {
  const served = table.columns.flatMap(({ name, priority }, index) => {
    if (priority > 0 && !look.wide) return [];
    const prefix = index === 0 ? look.prefix : "";
    return [{ name, cell: (row: ServedRow) => prefix + cellText(row.cells[index]) }];
  });
  return [
    ...(look.namespaces ? [{ name: "Namespace", cell: (row: ServedRow) => row.namespace }] : []),
    ...served,
    ...(look.labels ? [{ name: "Labels", cell: ({ labels }: ServedRow) => labelText(labels) }] : []),
  ];
}

export function tableRows(
  rows: readonly ServedRow[],
  columns: readonly ShownColumn[],
  { colours }: TableLook,
): string[][] {
  return rows.map((row) =>
    columns.map(({ cell }) => {
      const text = cell(row);
      return coloured(text, colourOfWord(text), colours);
    }),
  );
}

/** `a=b,c=d`, or `<none>`. */
export function labelText(labels: Readonly<Record<string, unknown>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${cellText(value)}`);
  return pairs.length === 0 ? "<none>" : pairs.toSorted().join(",");
}

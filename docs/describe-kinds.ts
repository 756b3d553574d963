import type { Kind } from "@freehold/apis";
import { commonReasons } from "@freehold/engine";

interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly patternProperties?: Readonly<Record<string, Schema>>;
}

const TIERS = {
  public: "Yours to write.",
  derived: "Written by controllers; yours to read.",
  builtin: "As in Kubernetes.",
} as const;
/** In every status; told once, at the top. */
const COMMON = new Set(["observedGeneration", "conditions", "progress"]);

/** The reference of all kinds in Markdown; what the schemas say, and nothing else. */
export function describeKinds(kinds: readonly Kind[]): string {
  const order = { public: 0, derived: 1, builtin: 2 };
  const sorted = kinds.toSorted((a, b) => order[a.tier] - order[b.tier] || (a.id < b.id ? -1 : 1));
  return [
    "# Kinds",
    "",
    "Made by `node --conditions=@freehold/source docs/generate-kinds.ts` from the schemas in `apis/`; do not edit.",
    "",
    "Every status has `observedGeneration`, the generation it speaks of, and `conditions`: `Ready` always, `Reconciling` and",
    "`Stalled` only while they are true. While long work runs, `progress` tells how far it is. Reasons that any kind may show:",
    "",
    ...reasonTable(commonReasons),
    "",
    ...sorted.flatMap(describeKind),
  ].join("\n");
}

function describeKind(kind: Kind): readonly string[] {
  const names = [kind.plural, ...kind.shortNames].map((name) => `\`${name}\``).join(", ");
  const lines = [
    `## ${kind.kind}`,
    "",
    `${kind.description} ${TIERS[kind.tier]}`,
    "",
    `\`apiVersion: ${kind.apiVersion}\`, ${kind.scope === "Namespaced" ? "in a namespace" : "of the whole cluster"}, also ${names}.`,
    "",
    ...table([
      ["field", "type", "meaning"],
      ...Object.entries(kind.properties).flatMap(([name, schema]) =>
        fieldRows(name, schema, kind.required.includes(name)),
      ),
    ]),
    "",
  ];
  if (kind.immutable.length > 0) {
    lines.push(`Fixed once made: ${kind.immutable.map((path) => `\`${path}\``).join(", ")}.`, "");
  }
  return Object.keys(kind.reasons).length > 0 ? [...lines, ...reasonTable(kind.reasons), ""] : lines;
}

function reasonTable(reasons: Kind["reasons"]): readonly string[] {
  const rows = Object.entries(reasons).map(([reason, { text, next }]) => [`\`${reason}\``, text, next]);
  return table([["reason", "meaning", "what to do"], ...rows]);
}

/** Columns as wide as their widest cell, as the formatter wants them. The first row is the heading. */
function table(rows: readonly (readonly string[])[]): readonly string[] {
  const cells = rows.map((row) => row.map((text) => text.replaceAll("|", "\\|")));
  const widths = (cells[0] ?? []).map((_, column) =>
    Math.max(...cells.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[], fill: string): string =>
    `| ${row.map((text, column) => text.padEnd(widths[column] ?? 0, fill)).join(" | ")} |`;
  const [heading = [], ...rest] = cells;
  return [
    line(heading, " "),
    line(
      heading.map(() => ""),
      "-",
    ),
    ...rest.map((row) => line(row, " ")),
  ];
}

/** A row per field, members after what holds them. */
function fieldRows(path: string, schema: Schema, required: boolean): readonly (readonly string[])[] {
  const own = path.includes(".") ? [fieldRow(path, schema, required)] : [];
  const inner = schema.items?.properties ? schema.items : schema;
  const below = schema.items?.properties ? `${path}[]` : path;
  const members = Object.entries(inner.properties ?? {}).filter(
    ([name]) => !(path === "status" && COMMON.has(name)),
  );
  if (members.length === 0 && own.length === 0 && path !== "status" && path !== "spec") {
    return [fieldRow(path, schema, required)];
  }
  return [
    ...own,
    ...members.flatMap(([name, member]) =>
      fieldRows(`${below}.${name}`, member, inner.required?.includes(name) ?? false),
    ),
  ];
}

function fieldRow(path: string, schema: Schema, required: boolean): readonly string[] {
  const needed = required && schema.default === undefined && path.startsWith("spec") ? ", required" : "";
  const fallback = schema.default === undefined ? "" : `, default \`${JSON.stringify(schema.default)}\``;
  return [`\`${path}\``, `${typeOf(schema)}${needed}${fallback}`, schema.description ?? ""];
}

function typeOf({ type, enum: words, items, anyOf, patternProperties }: Schema): string {
  if (words) return words.map((word) => `\`${String(word)}\``).join(" or ");
  if (items) return `list of ${typeOf(items)}`;
  if (anyOf) return anyOf.map(typeOf).join(" or ");
  if (patternProperties) return `map of ${Object.values(patternProperties).map(typeOf).join(" or ")}`;
  return type ?? "any";
}

import type { ServedKind } from "../connection/discovery.ts";
import { type Member, readSchema, type ReadSchema, type Schemas } from "./schema.ts";

const WIDTH = 76;
const SHOWN_WORDS = 4;

export interface Explained {
  readonly kind: ServedKind;
  /** The last member of the path; undefined for the kind itself. */
  readonly name: string | undefined;
  readonly schema: ReadSchema;
  readonly schemas: Schemas;
  readonly recursive: boolean;
}

/** As `kubectl explain` prints it. */
export function explainText({ kind, name, schema, schemas, recursive }: Explained): string {
  const group = kind.group === "" ? "" : `GROUP:      ${kind.group}\n`;
  const head = `${group}KIND:       ${kind.kind}\nVERSION:    ${kind.version}\n\n`;
  const named = name === undefined ? "" : `FIELD: ${name} <${schema.typeName}>\n${enumText(schema, "")}\n\n`;
  const described = `DESCRIPTION:\n${descriptionText(schema.descriptions, 4)}    \n`;
  if (schema.members.length === 0) return `${head}${named}${described}\n`;
  const members = recursive
    ? treeText(schema.members, schemas, { depth: 1, open: new Set() })
    : schema.members.map((member) => memberText(member, schemas)).join("");
  return `${head}${named}${described}FIELDS:\n${members}\n`;
}

function memberText(member: Member, schemas: Schemas): string {
  const schema = readSchema(member.schema, schemas);
  return `${lineOf(member, schema, "  ")}${descriptionText(schema.summary, 4)}\n`;
}

interface Place {
  readonly depth: number;
  /** Types that are being written already; one within itself is not opened again. */
  readonly open: ReadonlySet<string>;
}

function treeText(members: readonly Member[], schemas: Schemas, { depth, open }: Place): string {
  return members
    .map((member) => {
      const schema = readSchema(member.schema, schemas);
      const line = lineOf(member, schema, "  ".repeat(depth));
      const type = schema.typeName.replace(/^(\[\]|map\[string\])+/, "");
      if (type !== "Object" && open.has(type)) return line;
      return line + treeText(schema.members, schemas, { depth: depth + 1, open: new Set([...open, type]) });
    })
    .join("");
}

function lineOf({ name, isRequired }: Member, schema: ReadSchema, margin: string): string {
  return `${margin}${name}\t<${schema.typeName}>${isRequired ? " -required-" : ""}\n${enumText(schema, margin)}`;
}

function enumText({ enumeration }: ReadSchema, margin: string): string {
  if (enumeration.length === 0) return "";
  const more = enumeration.length > SHOWN_WORDS ? ", ...." : "";
  return `${margin}enum: ${enumeration.slice(0, SHOWN_WORDS).join(", ")}${more}\n`;
}

function descriptionText(descriptions: readonly string[], indent: number): string {
  const margin = " ".repeat(indent);
  const texts = descriptions.length === 0 ? ["<no description>"] : descriptions;
  return texts
    .flatMap((text) => text.split("\n").flatMap((line) => wrapped(line, WIDTH)))
    .map((line) => `${margin}${line}\n`)
    .join("");
}

/** Breaks between words, never within one. */
export function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/ +/)) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

import { type FieldPath, showPath } from "./field-path.ts";

interface Node {
  readonly properties?: Readonly<Record<string, Node>>;
  readonly additionalProperties?: boolean | Node;
  readonly patternProperties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
  readonly "x-kubernetes-preserve-unknown-fields"?: boolean;
}

const ROOT_MEMBERS = new Set(["apiVersion", "kind", "metadata"]);

/** Paths present in the value but not in the schema, in the value's order. Schemas that say nothing about members keep everything. */
export function unknownFieldsOf(schema: object, value: object): readonly string[] {
  return findUnknown(schema, value).map(showPath);
}

/** Removes what `unknownFieldsOf` finds, in place, and tells what it was. */
export function pruneUnknownFields(schema: object, value: object): readonly string[] {
  const paths = findUnknown(schema, value);
  for (const path of paths) removeAt(value, path);
  return paths.map(showPath);
}

function findUnknown(schema: object, value: object): readonly FieldPath[] {
  const found: FieldPath[] = [];
  for (const [name, member] of Object.entries(value)) {
    const { properties } = schema as Node;
    const known = properties && Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (known) visit(known, member, [name], found);
    else if (!ROOT_MEMBERS.has(name)) found.push([name]);
  }
  return found;
}

function visit(node: Node, value: unknown, path: FieldPath, found: FieldPath[]): void {
  if (typeof value !== "object" || value === null || node["x-kubernetes-preserve-unknown-fields"]) return;
  if (Array.isArray(value)) {
    const { items } = node;
    if (items) value.forEach((item, i) => visit(items, item, [...path, i], found));
    return;
  }
  for (const [name, member] of Object.entries(value)) {
    const child = childOf(node, name);
    if (child === "unknown") found.push([...path, name]);
    else if (child) visit(child, member, [...path, name], found);
  }
}

function childOf(node: Node, name: string): Node | "unknown" | undefined {
  if (node.properties && Object.hasOwn(node.properties, name)) return node.properties[name];
  const byPattern = Object.entries(node.patternProperties ?? {}).find(([p]) => new RegExp(p, "u").test(name));
  if (byPattern) return byPattern[1];
  if (typeof node.additionalProperties === "object") return node.additionalProperties;
  if (node.anyOf) {
    const answers = node.anyOf.map((branch) => childOf(branch, name));
    return answers.find((answer) => answer !== "unknown");
  }
  return node.properties && node.additionalProperties !== true ? "unknown" : undefined;
}

function removeAt(value: object, path: FieldPath): void {
  let at: unknown = value;
  for (const part of path.slice(0, -1)) {
    if (typeof at !== "object" || at === null) return;
    at = Reflect.get(at, part);
  }
  const last = path.at(-1);
  if (typeof at === "object" && at !== null && last !== undefined) Reflect.deleteProperty(at, last);
}

import { isObject } from "../json/json-object.ts";

interface Node {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly patternProperties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
  readonly "x-kubernetes-preserve-unknown-fields"?: boolean;
}

/** Removes null members that the schema does not allow to be null, in place: Kubernetes' way to say "absent". */
export function dropNulls(schema: object, value: object): void {
  visit(schema, value);
}

function visit(node: Node, value: unknown): void {
  if (node["x-kubernetes-preserve-unknown-fields"]) return;
  if (Array.isArray(value)) {
    const { items } = node;
    if (items) value.forEach((item) => visit(items, item));
    return;
  }
  if (!isObject(value)) return;
  for (const [name, member] of Object.entries(value)) {
    const child = childOf(node, name);
    if (!child) continue;
    if (member === null && !isNullable(child)) delete value[name];
    else visit(child, member);
  }
}

function childOf(node: Node, name: string): Node | undefined {
  if (node.properties && Object.hasOwn(node.properties, name)) return node.properties[name];
  return Object.values(node.patternProperties ?? {})[0];
}

function isNullable(node: Node): boolean {
  if (node["x-kubernetes-preserve-unknown-fields"]) return true;
  return node.type === "null" || (node.anyOf ?? []).some(isNullable);
}

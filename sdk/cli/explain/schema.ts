import { type Fields, field, fieldsOf, isFields, listOf, textOf } from "../json.ts";

/** An OpenAPI v3 document's schemas, by name. */
export type Schemas = Fields;

/** What a schema says, with what it refers to. */
export interface ReadSchema {
  /** `<string>`, `<[]Object>`, `<map[string]string>`, `<ObjectMeta>`; as kubectl names it, without the brackets. */
  readonly typeName: string;
  /** Its own text, then those of what it refers to or is made of. */
  readonly descriptions: readonly string[];
  /** The first of them, for a line in a list. */
  readonly summary: readonly string[];
  readonly enumeration: readonly string[];
  /** Members, of itself or of its items. */
  readonly members: readonly Member[];
}

export interface Member {
  readonly name: string;
  readonly isRequired: boolean;
  readonly schema: Fields;
}

/** The schema of a kind; undefined when the document has none. */
export function schemaOfKind(
  schemas: Schemas,
  kind: { readonly group: string; readonly version: string; readonly kind: string },
): Fields | undefined {
  return Object.values(schemas)
    .filter(isFields)
    .find((schema) =>
      listOf(schema["x-kubernetes-group-version-kind"]).some(
        (gvk) =>
          field(gvk, "group") === kind.group &&
          field(gvk, "version") === kind.version &&
          field(gvk, "kind") === kind.kind,
      ),
    );
}

export function readSchema(schema: Fields, schemas: Schemas): ReadSchema {
  const chain = chainOf(schema, schemas);
  const last = chain.at(-1) ?? schema;
  const required = new Set(listOf(last["required"]).map(String));
  return {
    typeName: typeNameOf(schema),
    descriptions: descriptionsOf(chain),
    summary: descriptionsOf(chain).slice(0, 1),
    enumeration: chain.flatMap((link) => listOf(link["enum"]).map(String)),
    members: Object.entries(fieldsOf(last["properties"]))
      .map(([name, member]) => ({ name, isRequired: required.has(name), schema: fieldsOf(member) }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

function descriptionsOf(chain: readonly Fields[]): readonly string[] {
  return [...new Set(chain.flatMap(({ description }) => textOf(description) ?? []))];
}

/** From a schema through references, items and values to the one that has members. */
function chainOf(schema: Fields, schemas: Schemas, seen: ReadonlySet<Fields> = new Set()): readonly Fields[] {
  if (seen.has(schema)) return [];
  const next = referredBy(schema, schemas) ?? elementOf(schema);
  return next === undefined ? [schema] : [schema, ...chainOf(next, schemas, new Set([...seen, schema]))];
}

function elementOf(schema: Fields): Fields | undefined {
  if (isFields(schema["items"])) return schema["items"];
  return isFields(schema["additionalProperties"]) ? schema["additionalProperties"] : undefined;
}

/** `$ref`, alone or as the one member of an allOf, which is how a description is put beside it. */
function referredBy(schema: Fields, schemas: Schemas): Fields | undefined {
  const name = referenceOf(schema);
  return name === undefined ? undefined : fieldsOf(schemas[name]);
}

function referenceOf(schema: Fields): string | undefined {
  const [only, ...others] = listOf(schema["allOf"]);
  const reference = textOf(schema["$ref"]) ?? (others.length === 0 ? textOf(field(only, "$ref")) : undefined);
  return reference?.split("/").at(-1);
}

function typeNameOf(schema: Fields): string {
  const reference = referenceOf(schema);
  if (reference !== undefined) return reference.split(".").at(-1) ?? reference;
  if (isFields(schema["items"])) return `[]${typeNameOf(schema["items"])}`;
  if (isFields(schema["additionalProperties"]))
    return `map[string]${typeNameOf(schema["additionalProperties"])}`;
  const type = textOf(schema["type"]);
  if (schema["x-kubernetes-int-or-string"] === true) return "IntOrString";
  return type === undefined || type === "object" ? "Object" : type;
}

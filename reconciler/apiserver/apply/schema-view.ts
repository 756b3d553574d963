import { compareText } from "../json/compare-text.ts";
import { metadataView } from "./metadata-view.ts";
import { ATOMIC, DEDUCED, type ListView, type MapView, type TypeView } from "./type-view.ts";

/** What of an OpenAPI v3 structural schema says how values are shared out among managers. */
interface Schema {
  readonly type?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly default?: unknown;
  readonly "x-kubernetes-list-type"?: string;
  readonly "x-kubernetes-list-map-keys"?: readonly string[];
  readonly "x-kubernetes-map-type"?: string;
  readonly "x-kubernetes-preserve-unknown-fields"?: boolean;
  readonly "x-kubernetes-embedded-resource"?: boolean;
}

/**
 * The view of a whole object: that of its schema, with apiVersion, kind and Kubernetes' own metadata. `schema` is an OpenAPI v3
 * structural schema, as a kind is served or a CustomResourceDefinition holds it (`versions[].schema.openAPIV3Schema`).
 */
export function objectView(schema: object): TypeView {
  const { map } = schemaView(schema);
  return { map: withEnvelope(map ?? { fields: new Map(), others: ATOMIC }) };
}

/** The view of a value of a structural schema: objects are granular and lists atomic unless it says otherwise. */
export function schemaView(schema: object): TypeView {
  return viewOf(schema);
}

function viewOf(schema: Schema): TypeView {
  const list = schema.items && listView(schema, schema.items);
  const map = mapView(schema);
  return { ...(list && { list }), ...(map && { map }) };
}

function mapView(schema: Schema): MapView | undefined {
  if (schema["x-kubernetes-map-type"] === "atomic") return undefined;
  const { properties, additionalProperties } = schema;
  const isObject = schema.type === "object" || properties !== undefined || additionalProperties !== undefined;
  const isOpen = schema["x-kubernetes-preserve-unknown-fields"] === true || additionalProperties === true;
  // A value of which only "keep it" is said may be anything; one that is said to be of another type is not split.
  if (!isObject && !(isOpen && schema.type === undefined)) return undefined;
  const fields = new Map(Object.entries(properties ?? {}).map(([name, member]) => [name, viewOf(member)]));
  const others =
    typeof additionalProperties === "object" ? viewOf(additionalProperties) : isOpen ? DEDUCED : ATOMIC;
  const map = { fields, others };
  return schema["x-kubernetes-embedded-resource"] === true ? withEnvelope(map) : map;
}

function listView(schema: Schema, items: Schema): ListView | undefined {
  const type = schema["x-kubernetes-list-type"];
  if (type === "set") return { keys: [], keyDefaults: new Map(), items: viewOf(items) };
  if (type !== "map") return undefined;
  return keyedList([...(schema["x-kubernetes-list-map-keys"] ?? [])].sort(compareText), items);
}

function keyedList(keys: readonly string[], items: Schema): ListView | undefined {
  if (keys.length === 0) return undefined;
  const defaults = keys.flatMap((key): [string, unknown][] => {
    const value = items.properties?.[key]?.default;
    return value === undefined ? [] : [[key, value]];
  });
  return { keys, keyDefaults: new Map(defaults), items: viewOf(items) };
}

/** Members every object has, whatever its schema says of them. */
function withEnvelope({ fields, others }: MapView): MapView {
  return {
    fields: new Map([...fields, ["apiVersion", ATOMIC], ["kind", ATOMIC], ["metadata", metadataView]]),
    others,
  };
}

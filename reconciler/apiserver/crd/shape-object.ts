import { type FieldPath, type Problem, showPath } from "@freehold/apis";

import { isObject, type JsonObject } from "../json/json-object.ts";
import { readMeta } from "../meta/object-meta.ts";
import { keepsUnknown, memberSchema, type Schema } from "./structural-schema.ts";

/** What bringing an object into shape came upon. */
export interface Shaped {
  readonly unknownFields: readonly string[];
  /** Embedded metadata that is none. */
  readonly problems: readonly Problem[];
}

const ENVELOPE: ReadonlySet<string> = new Set(["apiVersion", "kind", "metadata"]);

/**
 * Brings an object into its schema's shape, in place: fields the schema does not know go, null goes where it is not allowed, defaults
 * come where the object around them is. Doing it twice does no more than once. The object's own metadata is left alone.
 */
export function shapeObject(schema: Schema, object: JsonObject): Shaped {
  const shaper = new Shaper();
  shaper.object(schema, object, true);
  return { unknownFields: shaper.unknown.map(showPath).toSorted(), problems: shaper.problems };
}

/** The same for any value below an object; null is left to validation. */
export function shapeValue(schema: Schema, value: unknown): readonly FieldPath[] {
  const shaper = new Shaper();
  shaper.value(schema, value);
  return shaper.unknown;
}

class Shaper {
  readonly unknown: FieldPath[] = [];
  readonly problems: Problem[] = [];
  readonly #path: (string | number)[] = [];

  value(schema: Schema, value: unknown): void {
    if (Array.isArray(value)) this.#items(schema, value);
    else if (isObject(value)) this.object(schema, value, false);
  }

  #items({ items }: Schema, values: unknown[]): void {
    if (!items) return;
    values.forEach((value: unknown, i) => {
      if (value === null && items.nullable !== true && items.default !== undefined) {
        values[i] = structuredClone(items.default);
      }
      this.#below(i, items, values[i]);
    });
  }

  object(schema: Schema, object: JsonObject, isRoot: boolean): void {
    const isEmbedded = !isRoot && schema["x-kubernetes-embedded-resource"] === true;
    const hasEnvelope = isRoot || isEmbedded;
    for (const name of Object.keys(object)) {
      if (hasEnvelope && ENVELOPE.has(name)) continue;
      const known = memberSchema(schema, name);
      if (known) dropNull(object, name, known);
      else if (!keepsUnknown(schema)) {
        this.unknown.push([...this.#path, name]);
        delete object[name];
      }
    }
    for (const [name, { default: value }] of Object.entries(schema.properties ?? {})) {
      if (value !== undefined && !Object.hasOwn(object, name)) object[name] = structuredClone(value);
    }
    if (isEmbedded) this.#metadata(object);
    for (const [name, member] of Object.entries(object)) {
      const known = hasEnvelope && ENVELOPE.has(name) ? undefined : memberSchema(schema, name);
      if (known) this.#below(name, known, member);
    }
  }

  #below(part: string | number, schema: Schema, value: unknown): void {
    if (typeof value !== "object" || value === null) return;
    this.#path.push(part);
    this.value(schema, value);
    this.#path.pop();
  }

  #metadata(object: JsonObject): void {
    if (object["metadata"] === undefined) return;
    const { meta, unknownFields, problems } = readMeta(object["metadata"]);
    const { name, ...others } = meta;
    object["metadata"] = name === "" ? others : meta;
    const prefix = showPath(this.#path);
    this.unknown.push(...unknownFields.map((field) => [...this.#path, ...field.split(".")]));
    this.problems.push(...problems.map((problem) => ({ ...problem, path: `${prefix}.${problem.path}` })));
  }
}

/** Null where it is not allowed stands for "absent", and so for the default. */
function dropNull(object: JsonObject, name: string, schema: Schema): void {
  if (object[name] !== null || schema.nullable === true) return;
  if (schema["x-kubernetes-preserve-unknown-fields"] === true && schema.type === undefined) return;
  if (schema.default === undefined) delete object[name];
  else object[name] = structuredClone(schema.default);
}

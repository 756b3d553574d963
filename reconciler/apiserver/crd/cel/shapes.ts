import { Environment } from "@marcbachmann/cel-js";

import type { Schema } from "../structural-schema.ts";
import { celEqual } from "./cel-equal.ts";
import { escapeName } from "./property-names.ts";

/** How values of a schema are seen by rules. */
export interface Shape {
  /** The type's name in CEL. */
  readonly type: string;
  /** The value in CEL: whole numbers as bigint, objects as instances of their type. */
  toCel(value: unknown): unknown;
}

/** Declares the types of a schema, and tells what they are. */
export class Shapes {
  readonly #environment: Environment;
  readonly #known = new Map<Schema, Shape>();
  #count = 0;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  /** A whole object, with what every object has. */
  object(schema: Schema): Shape {
    return this.#object(schema, true);
  }

  of(schema: Schema): Shape {
    const known = this.#known.get(schema) ?? this.#describe(schema);
    this.#known.set(schema, known);
    return known;
  }

  #describe(schema: Schema): Shape {
    if (schema.nullable === true || schema["x-kubernetes-int-or-string"] === true) return ANYTHING;
    switch (schema.type ?? "") {
      case "integer":
        return { type: "int", toCel: (value) => (isWhole(value) ? BigInt(value) : value) };
      case "number":
        return { type: "double", toCel: (value) => value };
      case "boolean":
        return { type: "bool", toCel: (value) => value };
      case "string":
        return textShape(schema.format);
      case "array":
        return this.#list(this.of(schema.items ?? {}));
      case "object":
        return this.#map(schema) ?? this.#object(schema, schema["x-kubernetes-embedded-resource"] === true);
      default:
        return ANYTHING;
    }
  }

  #list(items: Shape): Shape {
    const toCel = (value: unknown): unknown => (Array.isArray(value) ? value.map(items.toCel) : value);
    return { type: `list<${items.type}>`, toCel };
  }

  #map({ additionalProperties, properties, ...schema }: Schema): Shape | undefined {
    if (typeof additionalProperties === "object" || additionalProperties === true) {
      const members = additionalProperties === true ? ANYTHING : this.of(additionalProperties);
      const toCel = (value: unknown): unknown =>
        new Map(membersOf(value).map(([name, member]) => [name, members.toCel(member)]));
      return { type: `map<string, ${members.type}>`, toCel };
    }
    const isOpen =
      schema["x-kubernetes-preserve-unknown-fields"] === true && !schema["x-kubernetes-embedded-resource"];
    return isOpen && properties === undefined ? ANYTHING : undefined;
  }

  #object({ properties = {} }: Schema, hasEnvelope: boolean): Shape {
    const all: Readonly<Record<string, Schema>> = hasEnvelope ? { ...properties, ...ENVELOPE } : properties;
    const fields = Object.entries(all).flatMap(([name, member]) => {
      const escaped = escapeName(name);
      return escaped === undefined ? [] : [{ name, escaped, shape: this.of(member) }];
    });
    // A class of its own: CEL tells types apart by what a value is an instance of.
    class Instance extends CelObject {}
    const type = `Object${(this.#count += 1)}`;
    const declared = Object.fromEntries(fields.map(({ escaped, shape }) => [escaped, shape.type]));
    this.#environment.registerType(type, { ctor: Instance, fields: declared });
    this.#environment.registerOperator(`${type} == ${type}`, (a: CelObject, b: CelObject) => a.equals(b));
    return {
      type,
      toCel: (value) => (typeof value === "object" && value !== null ? new Instance(value, fields) : value),
    };
  }
}

interface Field {
  readonly name: string;
  readonly escaped: string;
  readonly shape: Shape;
}

/** An object as rules see it: with the members its schema names, under the names they have there. */
class CelObject {
  constructor(value: object, fields: readonly Field[]) {
    for (const { name, escaped, shape } of fields) {
      if (Object.hasOwn(value, name)) Reflect.set(this, escaped, shape.toCel(Reflect.get(value, name)));
    }
  }

  equals(other: CelObject): boolean {
    return celEqual(this, other);
  }
}

const ENVELOPE: Readonly<Record<string, Schema>> = {
  apiVersion: { type: "string" },
  kind: { type: "string" },
  metadata: { type: "object", properties: { name: { type: "string" }, generateName: { type: "string" } } },
};

const ANYTHING: Shape = { type: "dyn", toCel: anythingToCel };

function anythingToCel(value: unknown): unknown {
  if (isWhole(value)) return BigInt(value);
  if (Array.isArray(value)) return value.map(anythingToCel);
  if (typeof value !== "object" || value === null) return value;
  return new Map(membersOf(value).map(([name, member]) => [name, anythingToCel(member)]));
}

function membersOf(value: unknown): [string, unknown][] {
  return typeof value === "object" && value !== null ? Object.entries(value) : [];
}

function isWhole(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value);
}

function textShape(format: string | undefined): Shape {
  switch (format ?? "") {
    case "date":
    case "datetime":
    case "date-time":
      return { type: "google.protobuf.Timestamp", toCel: (value) => new Date(String(value)) };
    case "duration":
      return { type: "google.protobuf.Duration", toCel: (value) => readDuration(String(value)) };
    case "byte":
      return { type: "bytes", toCel: (value) => new Uint8Array(Buffer.from(String(value), "base64")) };
    default:
      return { type: "string", toCel: (value) => value };
  }
}

const durations = new Environment().registerVariable("text", "string").parse("duration(text)");

/** Go's notation: `1h30m`. */
function readDuration(text: string): unknown {
  return durations({ text });
}

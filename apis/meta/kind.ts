import type { Static, TSchema } from "typebox";

import type { Ref, Resource } from "./resource.ts";
import { compileSchema, type SchemaCheck } from "./schema.ts";

/** A printed column, as CustomResourceDefinition's additionalPrinterColumns. `jsonPath` is the simple dialect (`.spec.size`). */
export interface Column {
  readonly name: string;
  readonly type: "string" | "integer" | "number" | "boolean" | "date";
  readonly jsonPath: string;
  readonly description?: string;
  /** 0 is always shown, larger only with `-o wide`. */
  readonly priority?: number;
}

/** A condition reason: what it means and what a person can do about it. */
export interface ReasonText {
  readonly text: string;
  readonly next: string;
}

export interface KindFacts {
  /** "" for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly scope: "Namespaced" | "Cluster";
  /** Public kinds are the people's; derived ones are written by controllers only; builtin ones are Kubernetes' own. */
  readonly tier: "public" | "derived" | "builtin";
  readonly description: string;
  readonly columns: readonly Column[];
  /** Paths that may not change after creation, from the root (`spec.machine`). */
  readonly immutable: readonly string[];
  /** Most characters of a name. */
  readonly longestName: number;
  /** Paths whose change stops and starts again what the object stands for (`spec.archive`). */
  readonly restarts: readonly string[];
  /** Field selectors beyond metadata.name and metadata.namespace, as paths from the root. */
  readonly selectableFields: readonly string[];
  /** Members that hold secrets: encrypted at rest, never logged. */
  readonly secret: boolean;
  readonly hasStatus: boolean;
  readonly reasons: Readonly<Record<string, ReasonText>>;
}

/** A kind as a value: facts, JSON Schema, and a typed way in and out of JSON. */
export interface Kind<R extends Resource = Resource> extends KindFacts {
  /** `Kind.group`, or `Kind` in the core group. */
  readonly id: string;
  readonly apiVersion: string;
  /** JSON Schema of the members beside apiVersion, kind and metadata. */
  readonly properties: Readonly<Record<string, TSchema>>;
  readonly required: readonly string[];
  /** Fills defaults in place and reports what breaks the schema; unknown fields are in `unknownFields`. */
  check(value: object): SchemaCheck;
  /** Types what came out of the store, where only checked objects are. */
  decode(value: object): R;
  ref(name: string, namespace?: string): Ref;
  /** Whether the object is of this kind; narrows its type. */
  matches(resource: Resource): resource is R;
  /** A first version of an object for `create`. */
  draft(metadata: Resource["metadata"], spec: R["spec"]): R;
}

export type ResourceOf<K> = K extends Kind<infer R> ? R : never;

type Facts = Pick<KindFacts, "group" | "version" | "kind" | "scope" | "tier" | "description"> &
  Partial<Omit<KindFacts, "hasStatus">>;

export interface SpecKindDefinition<S extends TSchema, T extends TSchema> extends Facts {
  readonly spec: S;
  readonly status: T;
  /** Kubernetes allows an object without a spec; for our kinds it is required unless this says so. */
  readonly specOptional?: boolean;
}

/** Defines a kind with spec and status. */
export function defineKind<S extends TSchema, T extends TSchema>(
  definition: SpecKindDefinition<S, T>,
): Kind<Resource<Static<S>, Static<T>>> {
  const { spec, status, specOptional, ...facts } = definition;
  return makeKind<Resource<Static<S>, Static<T>>>(facts, {
    properties: { spec, status },
    required: specOptional === true ? [] : ["spec"],
    hasStatus: true,
  });
}

/** Defines a kind whose members stand beside metadata (Secret, ConfigMap, Event). */
export function defineBareKind<P extends Record<string, TSchema>>(
  definition: Facts & { readonly properties: P; readonly required?: readonly (keyof P & string)[] },
): Kind<Resource & { [K in keyof P]?: Static<P[K]> }> {
  const { properties, required = [], ...facts } = definition;
  return makeKind<Resource & { [K in keyof P]?: Static<P[K]> }>(facts, {
    properties,
    required,
    hasStatus: false,
  });
}

interface Shape {
  readonly properties: Readonly<Record<string, TSchema>>;
  readonly required: readonly string[];
  readonly hasStatus: boolean;
}

function makeKind<R extends Resource>(facts: Facts, shape: Shape): Kind<R> {
  const id = facts.group === "" ? facts.kind : `${facts.kind}.${facts.group}`;
  const apiVersion = facts.group === "" ? facts.version : `${facts.group}/${facts.version}`;
  const singular = facts.singular ?? facts.kind.toLowerCase();
  const check = compileSchema({ properties: shape.properties, required: shape.required });
  return {
    shortNames: [],
    categories: [],
    columns: [],
    immutable: [],
    restarts: [],
    longestName: 253,
    selectableFields: [],
    secret: false,
    reasons: {},
    plural: pluralOf(singular),
    ...facts,
    singular,
    ...shape,
    id,
    apiVersion,
    check,
    // The store holds only objects that passed `check`; this is the one place where JSON becomes R.
    decode: (value) => value as R,
    ref: (name, namespace) => (namespace === undefined ? { kind: id, name } : { kind: id, namespace, name }),
    matches: (resource): resource is R => resource.kind === facts.kind && resource.apiVersion === apiVersion,
    draft: (metadata, spec) => ({ apiVersion, kind: facts.kind, metadata, spec }) as R,
  };
}

function pluralOf(singular: string): string {
  if (/(s|x|ch|sh)$/.test(singular)) return `${singular}es`;
  if (/[^aeiou]y$/.test(singular)) return `${singular.slice(0, -1)}ies`;
  return `${singular}s`;
}

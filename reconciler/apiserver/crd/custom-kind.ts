import type { Kind, Problem, Resource } from "@freehold/apis";

import { methodNotAllowed } from "../errors/request-errors.ts";
import type { JsonObject } from "../json/json-object.ts";
import type { Behaviour } from "./behaviour.ts";
import { type Converter, converterOf } from "./converter.ts";
import { asDefinition, type DefinedVersion, type Definition, storageVersion } from "./definition.ts";
import { hasRules } from "./has-rules.ts";
import { type Shaped, shapeObject } from "./shape-object.ts";
import { asSchema, type Schema } from "./structural-schema.ts";
import { validateChange } from "./validate-value.ts";

/** Where the numbers of a Scale are in the object. */
export interface ScalePaths {
  readonly specReplicasPath: string;
  readonly statusReplicasPath: string;
  readonly labelSelectorPath?: string;
}

/** What one version of a definition makes of a kind. */
export interface CustomFacts extends Behaviour {
  readonly shape: (members: JsonObject) => Shaped;
  readonly schema: Schema;
  /** The version objects are kept in, as apiVersion. */
  readonly storedAs: string;
  /** Schemas of all versions by apiVersion. */
  readonly versions: ReadonlyMap<string, Schema>;
  readonly converter: Converter;
  readonly scale: ScalePaths | undefined;
  /** Told to whoever uses the version. */
  readonly warning: string | undefined;
}

export interface CustomKind extends Kind {
  readonly custom: CustomFacts;
}

export function isCustomKind(kind: Kind): kind is CustomKind {
  return "custom" in kind;
}

export function customOf(kind: Kind): CustomFacts | undefined {
  return isCustomKind(kind) ? kind.custom : undefined;
}

/** The kind that one version of a definition describes. A changed definition makes another value: what is known of a kind goes with it. */
export function kindOfDefinition(definition: Definition, version: DefinedVersion): CustomKind {
  const { spec } = definition;
  const names = definition.status?.acceptedNames ?? spec.names;
  const schema = asSchema(version.schema?.openAPIV3Schema);
  const apiVersion = `${spec.group}/${version.name}`;
  const id = `${spec.names.kind}.${spec.group}`;
  const custom = factsOf(definition, version, schema);
  const { apiVersion: _, kind: __, metadata: ___, ...properties } = schema.properties ?? {};
  return {
    id,
    apiVersion,
    group: spec.group,
    version: version.name,
    kind: spec.names.kind,
    plural: spec.names.plural,
    singular: names.singular ?? spec.names.kind.toLowerCase(),
    shortNames: names.shortNames ?? [],
    categories: names.categories ?? [],
    scope: spec.scope,
    tier: "public",
    description: schema.description ?? "",
    columns: version.additionalPrinterColumns ?? [],
    immutable: [],
    restarts: [],
    longestName: 253,
    selectableFields: (version.selectableFields ?? []).map(({ jsonPath }) => jsonPath.slice(1)),
    secret: false,
    hasStatus: version.subresources?.status !== undefined,
    reasons: {},
    properties,
    required: schema.required ?? [],
    custom,
    check: (value) => ({ problems: validateChange(schema, value, undefined), unknownFields: [] }),
    // What is stored passed the schema of the version it was written in.
    decode: (value) => value as Resource,
    ref: (name, namespace) => (namespace === undefined ? { kind: id, name } : { kind: id, namespace, name }),
    matches: (resource): resource is Resource =>
      resource.kind === spec.names.kind && resource.apiVersion === apiVersion,
    draft: (metadata, wish) => ({ apiVersion, kind: spec.names.kind, metadata, spec: wish }),
  };
}

function factsOf(definition: Definition, version: DefinedVersion, schema: Schema): CustomFacts {
  const { spec, metadata } = definition;
  const toApiVersion = (name: string): string => `${spec.group}/${name}`;
  const schemas = spec.versions.map(
    (one) => [toApiVersion(one.name), asSchema(one.schema?.openAPIV3Schema)] as const,
  );
  return {
    schema,
    storedAs: toApiVersion(storageVersion(definition).name),
    versions: new Map(schemas),
    converter: converterOf(definition),
    scale: version.subresources?.scale,
    warning: warningOf(definition, version),
    shape: (members) => shapeObject(schema, members),
    problems: (next, old) => withUncheckedRules(schema, validateChange(schema, next, old)),
    ...(hasRules(schema) && { ruleProblems: (engine, next, old) => engine.check(schema, next, old) }),
    checkMayCreate: () => {
      if (metadata.deletionTimestamp === undefined) return;
      throw methodNotAllowed("create not allowed while custom resource definition is terminating");
    },
  };
}

/** Rules could stumble over what the schema does not allow, so then they are not run; kube-apiserver says so as well. */
function withUncheckedRules(schema: Schema, problems: readonly Problem[]): readonly Problem[] {
  if (!problems.some(({ reason }) => BLOCKING.has(reason)) || !hasRules(schema)) return problems;
  const message = `Invalid value: "null": some validation rules were not checked because the object was invalid; correct the existing errors to complete validation`;
  return [...problems, { path: "<nil>", reason: "FieldValueInvalid", message }];
}

const BLOCKING: ReadonlySet<Problem["reason"]> = new Set([
  "FieldValueNotSupported",
  "FieldValueRequired",
  "FieldValueTooLong",
  "FieldValueTooMany",
  "FieldValueTypeInvalid",
]);

function warningOf(
  { spec }: Definition,
  { name, deprecated, deprecationWarning }: DefinedVersion,
): string | undefined {
  if (deprecated !== true) return undefined;
  return deprecationWarning ?? `${spec.group}/${name} ${spec.names.kind} is deprecated`;
}

/** Kinds of all versions, and the one to read and remove objects by when none is served. */
export interface KindsOfDefinition {
  readonly served: readonly CustomKind[];
  readonly stored: CustomKind;
}

export function kindsOfDefinition(resource: Resource): KindsOfDefinition {
  const definition = asDefinition(resource);
  const { versions } = definition.spec;
  const kinds = versions.map((version) => ({ version, kind: kindOfDefinition(definition, version) }));
  const storage = storageVersion(definition);
  return {
    served: kinds.filter(({ version }) => version.served).map(({ kind }) => kind),
    stored: kinds.find(({ version }) => version === storage)?.kind ?? kindOfDefinition(definition, storage),
  };
}

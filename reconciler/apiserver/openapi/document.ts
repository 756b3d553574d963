import type { Kind } from "@freehold/apis";

import { type CustomFacts, customOf } from "../crd/custom-kind.ts";
import { META, metaSchemas, refTo } from "./meta-schemas.ts";
import { pathsOf } from "./paths.ts";
import { openApiSchema } from "./schema.ts";

/** The OpenAPI v3 document of one group version. */
export function openApiDocument(kinds: readonly Kind[]): object {
  const named = kinds.map((kind) => ({ kind, name: schemaName(kind) }));
  return {
    openapi: "3.0.0",
    info: { title: "Freehold", version: "v1" },
    paths: Object.assign({}, ...named.map(({ kind, name }) => pathsOf(kind, name))) as object,
    components: {
      schemas: {
        ...metaSchemas,
        ...Object.fromEntries(named.map(({ kind, name }) => [name, objectSchema(kind)])),
        ...Object.fromEntries(named.map(({ kind, name }) => [`${name}List`, listSchema(kind, name)])),
      },
    },
  };
}

/** `dev.freehold.storage.v1alpha1.Volume`; core kinds as Kubernetes calls them. */
function schemaName(kind: Kind): string {
  if (kind.group === "") return `io.k8s.api.core.${kind.version}.${kind.kind}`;
  return [...kind.group.split(".").toReversed(), kind.version, kind.kind].join(".");
}

const typeMeta = {
  apiVersion: { type: "string", description: "Group and version of the kind." },
  kind: { type: "string", description: "The kind." },
};

function gvkOf(kind: Kind, suffix = ""): object {
  return {
    "x-kubernetes-group-version-kind": [
      { group: kind.group, version: kind.version, kind: `${kind.kind}${suffix}` },
    ],
  };
}

const metadataSchema = {
  description: "Name, labels and what the server keeps about it.",
  allOf: [refTo(`${META}.ObjectMeta`)],
  default: {},
};

/** A definition's schema is OpenAPI already; only what every object has is put in. */
function customSchema(kind: Kind, { schema }: CustomFacts): object {
  const { properties = {}, ...rest } = schema;
  const members = { ...properties, ...typeMeta, metadata: metadataSchema };
  return { ...rest, properties: members, ...gvkOf(kind) };
}

function objectSchema(kind: Kind): object {
  const custom = customOf(kind);
  if (custom) return customSchema(kind, custom);
  const members = Object.entries(kind.properties).map(([name, schema]) => {
    const { description, ...rest } = openApiSchema(schema);
    return [name, { description: description ?? DEFAULT_DESCRIPTIONS[name], ...rest }];
  });
  return {
    type: "object",
    description: kind.description,
    properties: {
      ...typeMeta,
      metadata: metadataSchema,
      ...Object.fromEntries(members),
    },
    ...(kind.required.length > 0 && { required: kind.required }),
    ...gvkOf(kind),
  };
}

const DEFAULT_DESCRIPTIONS: Readonly<Record<string, string>> = {
  spec: "What is wished.",
  status: "What is observed.",
};

function listSchema(kind: Kind, name: string): object {
  return {
    type: "object",
    description: `A list of ${kind.kind}.`,
    required: ["items"],
    properties: {
      ...typeMeta,
      metadata: refTo(`${META}.ListMeta`),
      items: { type: "array", items: refTo(name), description: "The objects." },
    },
    ...gvkOf(kind, "List"),
  };
}

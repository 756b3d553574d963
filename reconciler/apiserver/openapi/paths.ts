import type { Kind } from "@freehold/apis";

import { subresourcesOf } from "../discovery/subresources.ts";
import { META, refTo, SCALE } from "./meta-schemas.ts";

/** One kind's paths as kubectl looks them up: actions, and which query parameters each understands. */
export function pathsOf(kind: Kind, schema: string): Readonly<Record<string, object>> {
  const root = kind.group === "" ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`;
  const namespaced = kind.scope === "Namespaced";
  const collection = namespaced ? `${root}/namespaces/{namespace}/${kind.plural}` : `${root}/${kind.plural}`;
  const operate = operationsOf(kind, schema);
  const inNamespace = namespaced ? [pathParameter("namespace", "The namespace.")] : [];
  const item = { parameters: [pathParameter("name", "The name."), ...inNamespace] };
  return {
    ...(namespaced && { [`${root}/${kind.plural}`]: { get: operate("list", LIST) } }),
    [collection]: {
      get: operate("list", LIST),
      post: operate("post", WRITE, schema),
      delete: operate("deletecollection", LIST),
      ...(namespaced && { parameters: inNamespace }),
    },
    [`${collection}/{name}`]: {
      get: operate("get", []),
      put: operate("put", WRITE, schema),
      patch: operate("patch", PATCH, `${META}.Patch`),
      delete: operate("delete", DELETE, `${META}.DeleteOptions`),
      ...item,
    },
    ...Object.fromEntries(
      subresourcesOf(kind).map((sub) => {
        const shown = sub.name === "status" ? schema : SCALE;
        const act = operationsOf(sub, shown);
        const path = `${collection}/{name}/${sub.name}`;
        const patch = act("patch", PATCH, `${META}.Patch`);
        return [path, { get: act("get", []), put: act("put", WRITE, shown), patch, ...item }];
      }),
    ),
  };
}

interface Parameter {
  readonly name: string;
  readonly type: "string" | "boolean" | "integer";
  readonly description: string;
}

const WRITE: readonly Parameter[] = [
  { name: "dryRun", type: "string", description: "All: do everything but the write." },
  { name: "fieldManager", type: "string", description: "Who writes." },
  {
    name: "fieldValidation",
    type: "string",
    description: "Ignore, Warn or Strict: what to do about unknown and double fields.",
  },
];
const PATCH: readonly Parameter[] = [
  ...WRITE,
  {
    name: "force",
    type: "boolean",
    description: "Takes fields over from other managers; apply patches only.",
  },
];
const DELETE: readonly Parameter[] = [
  { name: "dryRun", type: "string", description: "All: do everything but the deletion." },
  { name: "propagationPolicy", type: "string", description: "Background, Foreground or Orphan." },
];
const LIST: readonly Parameter[] = [
  { name: "labelSelector", type: "string", description: "Only objects with these labels." },
  { name: "fieldSelector", type: "string", description: "Only objects with these fields." },
  { name: "limit", type: "integer", description: "Most items of a page." },
  { name: "continue", type: "string", description: "Goes on after a page." },
  { name: "resourceVersion", type: "string", description: "The version to read at or to watch from." },
  { name: "watch", type: "boolean", description: "Stream changes." },
  { name: "timeoutSeconds", type: "integer", description: "When the stream ends." },
];
const JSON_TYPES = ["application/json", "application/yaml"];
const PATCH_TYPES = [
  "application/apply-patch+yaml",
  "application/json-patch+json",
  "application/merge-patch+json",
];

function operationsOf(kind: Pick<Kind, "group" | "version" | "kind">, schema: string) {
  const gvk = { group: kind.group, version: kind.version, kind: kind.kind };
  return (action: string, parameters: readonly Parameter[], body?: string): object => ({
    "x-kubernetes-action": action,
    "x-kubernetes-group-version-kind": gvk,
    parameters: parameters.map(({ name, type, description }) => ({
      name,
      in: "query",
      description,
      schema: { type, uniqueItems: true },
    })),
    ...(body !== undefined && {
      requestBody: { content: contentOf(action === "patch" ? PATCH_TYPES : JSON_TYPES, body) },
    }),
    responses: {
      "200": {
        description: "OK",
        content: contentOf(JSON_TYPES, action === "list" ? `${schema}List` : schema),
      },
    },
  });
}

function contentOf(types: readonly string[], schema: string): object {
  return Object.fromEntries(types.map((type) => [type, { schema: refTo(schema) }]));
}

function pathParameter(name: string, description: string): object {
  return { name, in: "path", required: true, description, schema: { type: "string", uniqueItems: true } };
}

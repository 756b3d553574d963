import { type Kind, type Problem, pruneUnknownFields, type Resource } from "@freehold/apis";
import { customResourceDefinitionKind } from "@freehold/apis/extensions";

import { customOf } from "../crd/custom-kind.ts";
import { shapeDefinition } from "../crd/definition-behaviour.ts";
import type { Shaped } from "../crd/shape-object.ts";
import { badRequest } from "../errors/request-errors.ts";
import { isObject, type JsonObject } from "../json/json-object.ts";
import { readMeta } from "../meta/object-meta.ts";
import { dropNulls } from "./drop-nulls.ts";

/** An object from outside, in the shape of its kind but not yet validated. */
export interface ReadObject {
  readonly resource: Resource;
  readonly unknownFields: readonly string[];
  readonly problems: readonly Problem[];
}

/** Brings what a client sent into the kind's shape: unknown fields go, nulls that mean "absent" go. Throws 400 when it is of another kind. */
export function readObject(kind: Kind, raw: unknown): ReadObject {
  if (!isObject(raw)) throw badRequest(`Cannot read the body as ${kind.kind}: wanted an object`);
  checkType(kind, raw);
  const { metadata, ...shared } = raw;
  const members = structuredClone(shared);
  const { meta, unknownFields, problems } = readMeta(metadata);
  const shaped = customOf(kind)?.shape(members) ?? shapeBuiltIn(kind, members);
  const resource = kind.decode({
    apiVersion: kind.apiVersion,
    kind: kind.kind,
    metadata: meta,
    ...Object.fromEntries(
      Object.entries(members).filter(([name]) => name !== "apiVersion" && name !== "kind"),
    ),
  });
  return {
    resource,
    unknownFields: [...unknownFields, ...shaped.unknownFields],
    problems: [...problems, ...shaped.problems],
  };
}

function shapeBuiltIn(kind: Kind, members: JsonObject): Shaped {
  const schema = { properties: kind.properties };
  const unknownFields = pruneUnknownFields(schema, members);
  dropNulls(schema, members);
  const dropped = kind.id === customResourceDefinitionKind.id ? shapeDefinition(members) : [];
  return { unknownFields: [...unknownFields, ...dropped], problems: [] };
}

function checkType(kind: Kind, raw: JsonObject): void {
  for (const [name, wanted] of [
    ["apiVersion", kind.apiVersion],
    ["kind", kind.kind],
  ] as const) {
    const found = raw[name];
    if (found !== undefined && found !== "" && found !== wanted) {
      throw badRequest(
        `the ${name === "kind" ? "kind" : "API version"} in the data (${JSON.stringify(found)}) does not match the expected ${name === "kind" ? "kind" : "API version"} (${wanted})`,
      );
    }
  }
}

import type { Kind } from "@freehold/apis";

import { configProblems } from "../apply/config-problems.ts";
import { invalid } from "../errors/object-errors.ts";
import { badRequest } from "../errors/request-errors.ts";
import { isObject, type JsonObject } from "../json/json-object.ts";
import { foldSecret } from "./fold-secret.ts";
import type { ObjectKey } from "./keys.ts";
import { ownershipOf } from "./kind-ownership.ts";
import { checkNamespace } from "./prepare-create.ts";
import { readObject } from "./read-object.ts";

/**
 * What is applied, in the kind's shape and with the name it is applied under. Unlike an object that is sent to be stored it is kept as
 * it came: nothing is filled in, null stays. Throws 400, and 422 when its metadata are not of their types.
 */
export function readAppliedConfig(kind: Kind, key: ObjectKey, raw: unknown): JsonObject {
  if (!isObject(raw)) throw badRequest(`Cannot read the applied configuration: wanted an object`);
  checkVersion(kind, raw);
  const { resource, unknownFields, problems } = readObject(kind, raw);
  const { metadata } = resource;
  if (isObject(raw["metadata"]) && (raw["metadata"]["managedFields"] ?? null) !== null) {
    throw badRequest("metadata.managedFields must be nil");
  }
  if (metadata.name !== "" && metadata.name !== key.name) {
    throw badRequest(
      `the name of the object (${metadata.name}) does not match the name on the URL (${key.name})`,
    );
  }
  checkNamespace(kind, metadata.namespace, key.namespace);
  if (problems.length > 0) throw invalid(kind, key.name, problems);
  const named = {
    ...metadata,
    name: key.name,
    ...(key.namespace !== undefined && { namespace: key.namespace }),
  };
  const { apiVersion, kind: kindName } = kind;
  const config: JsonObject = { ...raw, apiVersion, kind: kindName, metadata: named };
  const unknown = unknownFields.map((path) => `.${path}: field not declared in schema`);
  const faults = [...unknown, ...configProblems(ownershipOf(kind).view, config)];
  if (faults.length === 0) return foldSecret(kind, config);
  const object = `${key.namespace ?? ""}/${key.name}; ${apiVersion}, Kind=${kindName}`;
  throw badRequest(`failed to create typed patch object (${object}): ${faults.join("\n")}`);
}

/** The configuration must say what it is of: managers are told apart by version. */
function checkVersion(kind: Kind, raw: JsonObject): void {
  const { apiVersion = "", kind: kindName = "" } = raw;
  if (apiVersion !== kind.apiVersion) {
    throw badRequest(
      `Incorrect version specified in apply patch. Specified patch version: ${String(apiVersion)}, expected: ${kind.apiVersion}`,
    );
  }
  if (kindName !== kind.kind) {
    throw badRequest(
      `Incorrect kind specified in apply patch. Specified patch kind: ${String(kindName)}, expected: ${kind.kind}`,
    );
  }
}

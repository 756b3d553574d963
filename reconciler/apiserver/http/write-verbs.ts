import type { Resource } from "@freehold/apis";

import { invalid } from "../errors/object-errors.ts";
import { badRequest, invalidOptions, unsupportedMediaType } from "../errors/request-errors.ts";
import { at, isObject } from "../json/json-object.ts";
import { parseStrictJson, type StrictJson } from "../json/strict-json.ts";
import { jsonPatch } from "../patch/json-patch.ts";
import { mergePatch } from "../patch/merge-patch.ts";
import { readObject } from "../registry/read-object.ts";
import type { UpdateOptions } from "../registry/write-options.ts";
import { applyObject } from "./apply-verb.ts";
import { authorOf } from "./author-of.ts";
import { type Call, requireWithin } from "./call.ts";
import { decodeBody, textOf } from "./decode-body.ts";
import { fieldManagerOf } from "./field-manager.ts";
import { type FieldValidation, fieldValidationOf } from "./field-validation.ts";
import { negotiate, readMediaType } from "./negotiate.ts";
import { readDryRun } from "./read-dry-run.ts";
import { renderObject } from "./render.ts";
import type { Reply } from "./reply.ts";

export async function createObject(call: Call): Promise<Reply> {
  const as = negotiate(call.request.header("accept"));
  const validation = fieldValidationOf(call);
  const { value, duplicates } = decodeBody(
    call.request.header("content-type"),
    await call.request.readBody(),
  );
  validation.duplicates(duplicates);
  if (call.within) requireWithin(call, readObject(call.kind, value).resource);
  const options = writeOptionsOf(call, validation);
  return renderObject(call, as, await call.registry.create(call.kind, call.namespace, value, options), 201);
}

export async function updateObject(call: Call): Promise<Reply> {
  const as = negotiate(call.request.header("accept"));
  const validation = fieldValidationOf(call);
  const { value, duplicates } = decodeBody(
    call.request.header("content-type"),
    await call.request.readBody(),
  );
  validation.duplicates(duplicates);
  requireVersion(call, value);
  const change = (current: Resource): unknown => {
    requireWithin(call, current);
    if (call.within) requireWithin(call, readObject(call.kind, value).resource);
    return value;
  };
  return renderObject(
    call,
    as,
    await call.registry.update(call.kind, call, change, writeOptionsOf(call, validation)),
  );
}

export async function patchObject(call: Call): Promise<Reply> {
  const { type } = readMediaType(call.request.header("content-type") ?? "");
  if (type === APPLY) return applyObject(call);
  const as = negotiate(call.request.header("accept"));
  const validation = fieldValidationOf(call);
  const { apply, duplicates } = readPatch(call, type, await call.request.readBody());
  validation.duplicates(duplicates);
  if (call.request.query.has("force")) {
    const message = "Forbidden: may not be specified for non-apply patch";
    throw invalidOptions("PatchOptions", "force", "FieldValueForbidden", message);
  }
  const change = (current: Resource): unknown => {
    requireWithin(call, current);
    const patched = apply(current);
    if (call.within) requireWithin(call, readObject(call.kind, patched).resource);
    return patched;
  };
  return renderObject(
    call,
    as,
    await call.registry.update(call.kind, call, change, writeOptionsOf(call, validation)),
  );
}

interface Patch {
  readonly apply: (current: Resource) => unknown;
  readonly duplicates: readonly string[];
}

const APPLY = "application/apply-patch+yaml";

function readPatch(call: Call, type: string, body: Buffer): Patch {
  switch (type) {
    case "application/json-patch+json": {
      const { value, duplicates } = parseStrictJson(textOf(body));
      return { duplicates, apply: (current) => jsonPatch(current, value) };
    }
    case "application/merge-patch+json":
      return mergeOf(parseStrictJson(textOf(body)));
    case "application/strategic-merge-patch+json":
      // The built-in kinds served here have no lists that strategic patches merge by key, so both mean the same.
      if (call.kind.tier === "builtin") return mergeOf(parseStrictJson(textOf(body)));
      break;
  }
  const accepted = ["application/json-patch+json", "application/merge-patch+json", APPLY];
  throw unsupportedMediaType(accepted);
}

function mergeOf({ value, duplicates }: StrictJson): Patch {
  if (!isObject(value)) throw badRequest("Cannot read the merge patch: wanted an object");
  return { duplicates, apply: (current) => mergePatch(current, value) };
}

/** Our kinds are never overwritten unseen; Kubernetes allows it for its own. */
function requireVersion({ kind, name, endpoint }: Call, value: unknown): void {
  if (kind.tier === "builtin" && endpoint === "main") return;
  const version = at(value, "metadata", "resourceVersion");
  if (typeof version === "string" && version !== "") return;
  throw invalid(kind, name, [
    {
      path: "metadata.resourceVersion",
      reason: "FieldValueInvalid",
      message: "Invalid value: 0: must be specified for an update",
    },
  ]);
}

function writeOptionsOf(call: Call, validation: FieldValidation): UpdateOptions {
  const { request, endpoint } = call;
  return {
    endpoint,
    manager: fieldManagerOf(call),
    author: authorOf(call),
    admit: call.admit,
    dryRun: readDryRun(request.query.getAll("dryRun")),
    onUnknownFields: validation.unknown,
  };
}

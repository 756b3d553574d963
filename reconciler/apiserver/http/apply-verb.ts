import type { Resource } from "@freehold/apis";

import { badRequest, invalidOptions } from "../errors/request-errors.ts";
import { isSet } from "./api-request.ts";
import { authorOf } from "./author-of.ts";
import { type Call, requireWithin } from "./call.ts";
import { parseYaml, textOf } from "./decode-body.ts";
import { readFieldManager } from "./field-manager.ts";
import { fieldValidationOf } from "./field-validation.ts";
import { negotiate } from "./negotiate.ts";
import { readDryRun } from "./read-dry-run.ts";
import { renderObject } from "./render.ts";
import type { Reply } from "./reply.ts";

/** PATCH with `application/apply-patch+yaml`: makes the object, or lays the body over it. */
export async function applyObject(call: Call): Promise<Reply> {
  const { request, kind } = call;
  const as = negotiate(request.header("accept"));
  const validation = fieldValidationOf(call);
  const manager = readFieldManager(call);
  if (manager === undefined) {
    const message = "Required value: is required for apply patch";
    throw invalidOptions("PatchOptions", "fieldManager", "FieldValueRequired", message);
  }
  const { value, duplicates } = parseYaml(textOf(await request.readBody()));
  validation.duplicates(duplicates);
  const { resource, created } = await call.registry.apply(kind, call, value, {
    manager,
    author: authorOf(call),
    admit: call.admit,
    endpoint: call.endpoint,
    force: readForce(call),
    dryRun: readDryRun(request.query.getAll("dryRun")),
    onObject: (object: Resource) => requireWithin(call, object),
    onMissing: call.requireCreate,
  });
  return renderObject(call, as, resource, created ? 201 : 200);
}

function readForce({ request }: Call): boolean {
  const text = request.query.get("force") ?? "";
  if (!["", "0", "1", "false", "true"].includes(text)) {
    throw badRequest(`Cannot read query parameter "force": found "${text}", wanted true or false`);
  }
  return isSet(request.query, "force");
}

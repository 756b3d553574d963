import type { Resource } from "@freehold/apis";

import type { ScalePaths } from "../crd/custom-kind.ts";
import { numberAt, scaleOf, withReplicas } from "../crd/scale.ts";
import { invalid } from "../errors/object-errors.ts";
import { badRequest, methodNotAllowed, unsupportedMediaType } from "../errors/request-errors.ts";
import { isObject } from "../json/json-object.ts";
import { parseStrictJson } from "../json/strict-json.ts";
import { jsonPatch } from "../patch/json-patch.ts";
import { mergePatch } from "../patch/merge-patch.ts";
import { authorOf } from "./author-of.ts";
import { type Call, requireWithin } from "./call.ts";
import { decodeBody, textOf } from "./decode-body.ts";
import { fieldManagerOf } from "./field-manager.ts";
import { negotiate, readMediaType } from "./negotiate.ts";
import { readDryRun } from "./read-dry-run.ts";
import type { Reply } from "./reply.ts";
import type { Verb } from "./verb.ts";

/** The number of a custom object, asked and set as autoscaling/v1 Scale. */
export async function answerScale(call: Call, verb: Verb, paths: ScalePaths): Promise<Reply> {
  const { encoding } = negotiate(call.request.header("accept"));
  const reply = (resource: Resource): Reply => ({ status: 200, encoding, body: scaleOf(resource, paths) });
  if (verb === "get") {
    const resource = await call.registry.get(call.kind, call);
    requireWithin(call, resource);
    return reply(resource);
  }
  if (verb === "patch") return reply(await setReplicas(call, paths, await readPatch(call)));
  if (verb !== "update") throw methodNotAllowed();
  const { value } = decodeBody(call.request.header("content-type"), await call.request.readBody());
  return reply(await setReplicas(call, paths, () => value));
}

function setReplicas(call: Call, paths: ScalePaths, change: (scale: object) => unknown): Promise<Resource> {
  const { request, kind, name } = call;
  const edit = (current: Resource): unknown => {
    requireWithin(call, current);
    const wanted = change(scaleOf(current, paths));
    const replicas = numberAt(wanted, ".spec.replicas") ?? 0;
    if (!Number.isInteger(replicas) || replicas < 0) {
      const message = `Invalid value: ${replicas}: must be greater than or equal to 0`;
      throw invalid(kind, name, [{ path: "spec.replicas", reason: "FieldValueInvalid", message }]);
    }
    return withReplicas(current, paths, replicas, wanted);
  };
  return call.registry.update(kind, call, edit, {
    endpoint: "scale",
    manager: fieldManagerOf(call),
    author: authorOf(call),
    dryRun: readDryRun(request.query.getAll("dryRun")),
  });
}

async function readPatch({ request }: Call): Promise<(scale: object) => unknown> {
  const { type } = readMediaType(request.header("content-type") ?? "");
  const { value } = parseStrictJson(textOf(await request.readBody()));
  switch (type) {
    case "application/json-patch+json":
      return (scale) => jsonPatch(scale, value);
    case "application/merge-patch+json":
    case "application/strategic-merge-patch+json":
      if (!isObject(value)) throw badRequest("Cannot read the merge patch: wanted an object");
      return (scale) => mergePatch(scale, value);
    default:
      throw unsupportedMediaType(["application/json-patch+json", "application/merge-patch+json"]);
  }
}

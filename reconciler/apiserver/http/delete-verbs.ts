import type { Kind, Resource } from "@freehold/apis";

import type { Status } from "../errors/api-error.ts";
import { badRequest } from "../errors/request-errors.ts";
import { at, isObject } from "../json/json-object.ts";
import type { DeletePlan, Propagation } from "../registry/prepare-delete.ts";
import { isSet } from "./api-request.ts";
import { authorOf } from "./author-of.ts";
import { type Call, requireWithin } from "./call.ts";
import { decodeBody } from "./decode-body.ts";
import { negotiate } from "./negotiate.ts";
import { readDryRun } from "./read-dry-run.ts";
import { matcherOf, readWhole } from "./read-verbs.ts";
import { renderList, renderObject } from "./render.ts";
import type { Reply } from "./reply.ts";

interface DeleteRequest {
  readonly plan: DeletePlan;
  readonly dryRun: boolean;
}

export async function deleteObject(call: Call): Promise<Reply> {
  const as = negotiate(call.request.header("accept"));
  const { plan, dryRun } = await readDelete(call);
  const current = await call.registry.get(call.kind, call);
  requireWithin(call, current);
  const { resource, gone } = await call.registry.delete(call.kind, call, plan, {
    dryRun,
    author: authorOf(call),
  });
  if (!gone) return renderObject(call, as, resource);
  return { status: 200, encoding: as.encoding, body: removed(call.kind, resource) };
}

export async function deleteCollection(call: Call): Promise<Reply> {
  const as = negotiate(call.request.header("accept"));
  const { plan, dryRun } = await readDelete(call);
  const { query } = call.request;
  const list = await call.registry.list(call.kind, {
    namespace: call.namespace,
    matches: matcherOf(call),
    limit: readWhole(query, "limit"),
    continueToken: query.get("continue") ?? undefined,
  });
  await Promise.all(
    list.items.map(({ metadata }) =>
      call.registry.delete(
        call.kind,
        metadata,
        { ...plan, uid: metadata.uid },
        { dryRun, author: authorOf(call) },
      ),
    ),
  );
  return renderList(call, as, list);
}

function removed(kind: Kind, { metadata }: Resource): Status {
  return {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Success",
    details: {
      name: metadata.name,
      ...(kind.group && { group: kind.group }),
      kind: kind.plural,
      ...(metadata.uid !== undefined && { uid: metadata.uid }),
    },
  };
}

/** DeleteOptions come in the body, often without kind and apiVersion, or in the query. */
async function readDelete({ request }: Call): Promise<DeleteRequest> {
  const body = await request.readBody();
  const options = body.length === 0 ? {} : decodeBody(request.header("content-type"), body).value;
  if (!isObject(options)) throw badRequest("Cannot read the body as DeleteOptions: wanted an object");
  const policy = options["propagationPolicy"] ?? request.query.get("propagationPolicy") ?? undefined;
  const orphans = options["orphanDependents"] === true || isSet(request.query, "orphanDependents");
  const dryRun = [...request.query.getAll("dryRun"), ...[options["dryRun"] ?? []].flat().map(String)];
  return {
    dryRun: readDryRun(dryRun),
    plan: {
      propagation: orphans ? "Orphan" : readPolicy(policy),
      uid: textAt(options, "uid"),
      resourceVersion: textAt(options, "resourceVersion"),
    },
  };
}

function readPolicy(value: unknown): Propagation | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  if (value === "Background" || value === "Foreground" || value === "Orphan") return value;
  throw badRequest(
    `Cannot read propagationPolicy: found ${JSON.stringify(value)}, wanted Background, Foreground or Orphan`,
  );
}

function textAt(options: object, precondition: string): string | undefined {
  const value = at(options, "preconditions", precondition);
  return typeof value === "string" ? value : undefined;
}

import type { Resource } from "@freehold/apis";

import { badRequest } from "../errors/request-errors.ts";
import { parseFieldSelector } from "../selectors/field-selector.ts";
import { parseLabelSelector } from "../selectors/label-selector.ts";
import { type Call, requireWithin } from "./call.ts";
import { negotiate } from "./negotiate.ts";
import { renderList, renderObject } from "./render.ts";
import type { Reply } from "./reply.ts";

export async function getObject(call: Call): Promise<Reply> {
  const as = negotiate(call.request.header("accept"));
  const resource = await call.registry.get(call.kind, call);
  requireWithin(call, resource);
  return renderObject(call, as, resource);
}

export async function listObjects(call: Call): Promise<Reply> {
  const as = negotiate(call.request.header("accept"));
  const { query } = call.request;
  const list = await call.registry.list(call.kind, {
    namespace: call.namespace,
    matches: matcherOf(call),
    limit: readWhole(query, "limit"),
    continueToken: query.get("continue") ?? undefined,
    resourceVersion: query.get("resourceVersion") ?? undefined,
    resourceVersionMatch: query.get("resourceVersionMatch") ?? undefined,
  });
  return renderList(call, as, list);
}

/** What the selectors of a query and the caller's bounds let through; undefined when that is everything. */
export function matcherOf({
  request,
  kind,
  name,
  within,
}: Call): ((resource: Resource) => boolean) | undefined {
  const labels = request.query.get("labelSelector");
  const fields = request.query.get("fieldSelector");
  const checks: ((resource: Resource) => boolean)[] = [];
  if (labels) {
    const selects = parseLabelSelector(labels);
    checks.push(({ metadata }) => selects(metadata.labels));
  }
  if (fields) checks.push(parseFieldSelector(fields, kind).matches);
  if (name !== "") checks.push(({ metadata }) => metadata.name === name);
  if (within) checks.push(within);
  return checks.length === 0 ? undefined : (resource) => checks.every((check) => check(resource));
}

/** A query's positive number; absent and 0 mean "no bound". Throws 400. */
export function readWhole(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name) ?? "";
  if (text === "" || text === "0") return undefined;
  if (!/^\d{1,9}$/.test(text))
    throw badRequest(`Cannot read query parameter "${name}": found "${text}", wanted a whole number`);
  return Number(text);
}

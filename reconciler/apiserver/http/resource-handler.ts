import type { Kind } from "@freehold/apis";
import { clusterRoleKind } from "@freehold/apis/rbac";

import type { Authorizer, Decision } from "../auth/access.ts";
import type { AdmitWrite } from "../auth/admit-write.ts";
import { sayForbidden, wishFor } from "../auth/attributes.ts";
import { customOf } from "../crd/custom-kind.ts";
import { forbidden } from "../errors/object-errors.ts";
import { methodNotAllowed, noSuchPath, unauthorized } from "../errors/request-errors.ts";
import type { Registry } from "../registry/registry.ts";
import type { Endpoint } from "../registry/validate.ts";
import { parseFieldSelector } from "../selectors/field-selector.ts";
import { type ApiRequest, isSet } from "./api-request.ts";
import type { Call } from "./call.ts";
import { deleteCollection, deleteObject } from "./delete-verbs.ts";
import { getHistory } from "./history-verb.ts";
import { type Foresight, planReply, wantsEffects } from "./plan-reply.ts";
import { getObject, listObjects } from "./read-verbs.ts";
import type { Reply } from "./reply.ts";
import type { ResourcePath } from "./request-info.ts";
import { answerScale } from "./scale-verb.ts";
import type { Verb } from "./verb.ts";
import { watchObjects, type WatchTiming } from "./watch-verb.ts";
import { createObject, patchObject, updateObject } from "./write-verbs.ts";

export interface ResourcePorts {
  readonly registry: Registry;
  readonly authorize: Authorizer;
  readonly admit: AdmitWrite;
  /** Resolves when decisions follow what the roles in the store say now. */
  readonly refreshRoles: () => Promise<void>;
  readonly clock: () => number;
  readonly timing: WatchTiming;
  readonly foresee: Foresight;
}

/** Answers a request for objects: finds the kind and the verb, asks whether it is allowed, and does it. Throws ApiError. */
export async function handleResource(
  ports: ResourcePorts,
  request: ApiRequest,
  path: ResourcePath,
): Promise<Reply> {
  const kind = ports.registry.kinds.find(path.group, path.version, path.plural);
  if (!kind) throw noSuchPath();
  const warning = customOf(kind)?.warning;
  if (warning !== undefined) request.warn(warning);
  const verb = verbOf(request, path);
  if (path.subresource === "history") {
    if (verb !== "get") throw methodNotAllowed();
    checkScope(kind, path, verb);
    return getHistory(authorized(ports, request, { kind, verb, path, endpoint: "main" }));
  }
  const endpoint = endpointOf(kind, path, verb);
  const call = authorized(ports, request, { kind, verb, path, endpoint });
  if (kind.group === clusterRoleKind.group && CHANGES.has(verb)) {
    const reply = await doVerb(call, verb, ports);
    await ports.refreshRoles();
    return reply;
  }
  if (!WRITES.has(verb) || !wantsEffects(call)) return doVerb(call, verb, ports);
  const before = await call.registry.find(kind, call);
  return planReply(call, before, await doVerb(call, verb, ports), ports.foresee);
}

const WRITES: ReadonlySet<Verb> = new Set(["create", "update", "patch", "delete"]);
const CHANGES: ReadonlySet<Verb> = new Set([...WRITES, "deletecollection"]);

async function doVerb(call: Call, verb: Verb, ports: ResourcePorts): Promise<Reply> {
  const scale = customOf(call.kind)?.scale;
  if (call.endpoint === "scale" && scale) return answerScale(call, verb, scale);
  switch (verb) {
    case "get":
      return getObject(call);
    case "list":
      return listObjects(call);
    case "watch":
      return { ...watchObjects(call, ports.timing), requireRight: call.requireRight };
    case "create":
      return createObject(call);
    case "update":
      return updateObject(call);
    case "patch":
      return patchObject(call);
    case "delete":
      return deleteObject(call);
    case "deletecollection":
      return deleteCollection(call);
  }
}

interface Wish {
  readonly kind: Kind;
  readonly verb: Verb;
  readonly path: ResourcePath;
  readonly endpoint: Endpoint;
}

function authorized(ports: ResourcePorts, request: ApiRequest, { kind, verb, path, endpoint }: Wish): Call {
  const { identity } = request;
  if (!identity) throw unauthorized();
  const { namespace, subresource } = path;
  const selected = path.name ?? selectedName(request, kind);
  const ask = (wanted: Verb): Extract<Decision, { allowed: true }> => {
    // A namespace is in itself, so that rights given in it hold for it (Kubernetes' RequestInfo).
    const home = kind.id === "Namespace" ? path.name : namespace;
    const wish = wishFor(wanted, kind, { namespace: home, name: selected, subresource });
    const decision = ports.authorize(identity, wish);
    if (decision.allowed) return decision;
    const what = sayForbidden(identity.user, wish);
    throw forbidden(kind, path.name ?? "", decision.reason ? `${what}: ${decision.reason}` : what);
  };
  return {
    request,
    registry: ports.registry,
    kind,
    identity,
    namespace,
    name: path.name ?? "",
    endpoint,
    within: ask(verb).within,
    admit: (change) => ports.admit(identity, change, endpoint),
    requireRight: () => void ask(verb),
    requireCreate: () => void ask("create"),
    now: ports.clock(),
  };
}

function selectedName({ query }: ApiRequest, kind: Kind): string | undefined {
  const fields = query.get("fieldSelector");
  return fields ? parseFieldSelector(fields, kind).name : undefined;
}

function verbOf({ method, query }: ApiRequest, { name, watch }: ResourcePath): Verb {
  const isWatch = watch || (isSet(query, "watch") && name === undefined);
  const verbs = name === undefined ? COLLECTION_VERBS : OBJECT_VERBS;
  const verb = verbs.get(method === "HEAD" ? "GET" : method);
  if (!verb) throw methodNotAllowed();
  return isWatch && (verb === "list" || verb === "get") ? "watch" : verb;
}

const COLLECTION_VERBS: ReadonlyMap<string, Verb> = new Map([
  ["GET", "list"],
  ["POST", "create"],
  ["DELETE", "deletecollection"],
]);
const OBJECT_VERBS: ReadonlyMap<string, Verb> = new Map([
  ["GET", "get"],
  ["PUT", "update"],
  ["PATCH", "patch"],
  ["DELETE", "delete"],
]);
const SUBRESOURCE_VERBS: ReadonlySet<Verb> = new Set(["get", "update", "patch"]);

function endpointOf(kind: Kind, path: ResourcePath, verb: Verb): Endpoint {
  checkScope(kind, path, verb);
  const endpoint = ENDPOINTS[path.subresource ?? ""];
  if (endpoint === undefined || !isServed(kind, endpoint)) throw noSuchPath();
  if (endpoint !== "main" && !SUBRESOURCE_VERBS.has(verb)) throw methodNotAllowed();
  return endpoint;
}

function isServed(kind: Kind, endpoint: Endpoint): boolean {
  switch (endpoint) {
    case "main":
      return true;
    case "status":
      return kind.hasStatus;
    case "finalize":
      return kind.id === "Namespace";
    case "scale":
      return customOf(kind)?.scale !== undefined;
  }
}

const ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  "": "main",
  status: "status",
  finalize: "finalize",
  scale: "scale",
};

/** Objects of namespaced kinds live in namespaces only; lists may span them. */
function checkScope(kind: Kind, { namespace, name }: ResourcePath, verb: Verb): void {
  if (kind.scope === "Cluster" && namespace !== undefined) throw noSuchPath();
  if (kind.scope === "Cluster" || namespace !== undefined) return;
  if (verb === "create") throw methodNotAllowed();
  if (name !== undefined) throw noSuchPath();
}

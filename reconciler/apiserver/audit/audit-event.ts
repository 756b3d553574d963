import type { Identity } from "../auth/identity.ts";
import type { ApiRequest } from "../http/api-request.ts";
import type { Reply } from "../http/reply.ts";
import { readResourcePath, type ResourcePath } from "../http/request-info.ts";
import { at } from "../json/json-object.ts";

/** One request and what came of it. */
export interface Happening {
  readonly request: ApiRequest;
  /** Whom the caller was allowed to act as, when it was somebody else. */
  readonly impersonated: Identity | undefined;
  readonly reply: Reply;
  /** Milliseconds since the epoch. */
  readonly received: number;
  readonly answered: number;
}

const READS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);
const REVIEWS: ReadonlySet<string> = new Set(["authentication.k8s.io", "authorization.k8s.io"]);
const LONGEST_URI = 2048;

/**
 * Whether a request is kept: every write, and whatever was refused. Reads that are allowed are not, nor are questions who somebody is
 * or what they may do, which are asked by POST but change nothing: so a system at rest writes nothing.
 */
export function isAudited({ request, reply }: Happening): boolean {
  if (reply.status === 401 || reply.status === 403) return true;
  if (READS.has(request.method)) return false;
  return !REVIEWS.has(readResourcePath(request.path)?.group ?? "");
}

/** The request as an audit.k8s.io/v1 Event at level Metadata: who did what to which object, never what was in it. */
export function auditEvent({ request, impersonated, reply, received, answered }: Happening): object {
  const path = readResourcePath(request.path);
  const query = request.query.toString();
  const uri = query === "" ? request.path : `${request.path}?${query}`;
  const { status } = reply;
  const reason = at(reply.body, "reason");
  const signedIn = at(reply.body, "kind") === "SessionInfo" ? at(reply.body, "user") : undefined;
  return {
    kind: "Event",
    apiVersion: "audit.k8s.io/v1",
    level: "Metadata",
    auditID: request.auditId,
    stage: "ResponseComplete",
    requestURI: uri.slice(0, LONGEST_URI),
    verb: verbOf(request, path),
    user: userInfo(request.identity),
    ...(impersonated && { impersonatedUser: userInfo(impersonated) }),
    ...(request.from !== undefined && { sourceIPs: [request.from] }),
    userAgent: request.header("user-agent")?.slice(0, LONGEST_URI) ?? "",
    ...(path && { objectRef: objectRef(path, reply) }),
    responseStatus: {
      metadata: {},
      ...(status >= 400 && { status: "Failure", ...(typeof reason === "string" && { reason }) }),
      code: status,
    },
    requestReceivedTimestamp: microTime(received),
    stageTimestamp: microTime(answered),
    annotations: {
      "authorization.k8s.io/decision": status === 401 || status === 403 ? "forbid" : "allow",
      ...(typeof signedIn === "string" && { "session.freehold.dev/signed-in": signedIn }),
    },
  };
}

function userInfo(identity: Identity | undefined): object {
  if (!identity) return {};
  const { user, groups, uid, extra } = identity;
  return { username: user, ...(uid !== undefined && { uid }), groups, ...(extra && { extra }) };
}

/** A create names its object in what comes back, at the latest. */
function objectRef(
  { group, version, plural, namespace, name, subresource }: ResourcePath,
  reply: Reply,
): object {
  const born = reply.status === 201 ? at(reply.body, "metadata", "name") : undefined;
  const named = name ?? (typeof born === "string" ? born : undefined);
  return {
    resource: plural,
    ...(namespace !== undefined && { namespace }),
    ...(named !== undefined && { name: named }),
    ...(group !== "" && { apiGroup: group }),
    apiVersion: version,
    ...(subresource !== undefined && { subresource }),
  };
}

function verbOf({ method, query }: ApiRequest, path: ResourcePath | undefined): string {
  if (!path) return method.toLowerCase();
  const isWatch = path.watch || ["1", "true"].includes(query.get("watch") ?? "");
  switch (method) {
    case "POST":
      return "create";
    case "PUT":
      return "update";
    case "DELETE":
      return path.name === undefined ? "deletecollection" : "delete";
    case "GET":
    case "HEAD":
      return isWatch ? "watch" : path.name === undefined ? "list" : "get";
    default:
      return method.toLowerCase();
  }
}

function microTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace("Z", "000Z");
}

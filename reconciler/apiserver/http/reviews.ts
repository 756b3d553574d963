import type { Kind } from "@freehold/apis";

import type { Decision, Verb } from "../auth/authorize.ts";
import { MASTERS } from "../auth/identity.ts";
import { VERBS } from "../discovery/verbs.ts";
import { methodNotAllowed, notAcceptable, unauthorized } from "../errors/request-errors.ts";
import { at } from "../json/json-object.ts";
import type { ApiRequest } from "./api-request.ts";
import { decodeBody } from "./decode-body.ts";
import { negotiate } from "./negotiate.ts";
import type { Reply } from "./reply.ts";
import type { ResourcePorts } from "./resource-handler.ts";

/** Kinds that are asked and answered but never stored: who am I, may I. */
const REVIEWS = {
  "/apis/authentication.k8s.io/v1/selfsubjectreviews": {
    apiVersion: "authentication.k8s.io/v1",
    kind: "SelfSubjectReview",
  },
  "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews": {
    apiVersion: "authorization.k8s.io/v1",
    kind: "SelfSubjectAccessReview",
  },
  "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews": {
    apiVersion: "authorization.k8s.io/v1",
    kind: "SelfSubjectRulesReview",
  },
} as const;

type ReviewPath = keyof typeof REVIEWS;

export function isReviewPath(path: string): path is ReviewPath {
  return Object.hasOwn(REVIEWS, path);
}

export async function answerReview(ports: ResourcePorts, request: ApiRequest): Promise<Reply> {
  if (request.method !== "POST" || !isReviewPath(request.path)) throw methodNotAllowed();
  // These have no table, and a client that takes nothing else must hear so.
  const { encoding, form } = negotiate(request.header("accept"));
  if (form !== "object") throw notAcceptable(["application/json", "application/yaml"]);
  const asked = decodeBody(request.header("content-type"), await request.readBody()).value;
  const review = REVIEWS[request.path];
  const metadata = { creationTimestamp: null };
  const reply = (members: object): Reply => ({
    status: 201,
    encoding,
    body: { ...review, metadata, ...members },
  });
  const spec = at(asked, "spec");
  switch (review.kind) {
    case "SelfSubjectReview":
      return reply({ status: { userInfo: userInfo(request) } });
    case "SelfSubjectAccessReview":
      return reply({ spec, status: accessStatus(ports, request, spec) });
    case "SelfSubjectRulesReview":
      return reply({ spec, status: rulesStatus(ports, request, spec) });
  }
}

/** Per kind the verbs that are allowed in a namespace; menus and `kubectl auth can-i --list` are made from it. */
function rulesStatus(ports: ResourcePorts, { identity }: ApiRequest, spec: unknown): object {
  if (!identity) throw unauthorized();
  const namespace = at(spec, "namespace");
  const where = {
    namespace: typeof namespace === "string" ? namespace : undefined,
    name: undefined,
    subresource: undefined,
  };
  const resourceRules = ports.registry.kinds.all().map((kind) => ({
    verbs: VERBS.filter((verb) => ports.authorize(identity, { verb, kind, ...where }).allowed),
    apiGroups: [kind.group],
    resources: [kind.plural],
  }));
  const nonResourceRules = [
    { verbs: ["get"], nonResourceURLs: ["/healthz", "/livez", "/readyz", "/version"] },
  ];
  return {
    resourceRules: resourceRules.filter(({ verbs }) => verbs.length > 0),
    nonResourceRules,
    incomplete: false,
  };
}

function userInfo({ identity }: ApiRequest): object {
  if (!identity) throw unauthorized();
  return { username: identity.user, groups: identity.groups };
}

function accessStatus(ports: ResourcePorts, request: ApiRequest, spec: unknown): object {
  const { identity } = request;
  if (!identity) throw unauthorized();
  const group = textAt(spec, "group") ?? "";
  const resource = textAt(spec, "resource") ?? "";
  const kind = ports.registry.kinds.all().find((one) => one.group === group && one.plural === resource);
  // Masters may do whatever there is, also with kinds that are not served and with paths.
  if (!kind) return { allowed: identity.groups.includes(MASTERS), reason: "" };
  const decision = ports.authorize(identity, {
    verb: verbOf(textAt(spec, "verb")),
    kind,
    namespace: textAt(spec, "namespace"),
    name: textAt(spec, "name"),
    subresource: textAt(spec, "subresource"),
  });
  return decision.allowed ? { allowed: true } : { allowed: false, reason: reasonOf(decision, kind) };
}

function reasonOf(decision: Decision & { allowed: false }, kind: Kind): string {
  return decision.reason || `no rule lets this user use ${kind.plural}`;
}

/** Any verb may be asked for; one we do not have (`*`, `use`) is as strong as writing. */
function verbOf(text = "*"): Verb {
  const verbs: readonly Verb[] = [
    "get",
    "list",
    "watch",
    "create",
    "update",
    "patch",
    "delete",
    "deletecollection",
  ];
  return verbs.find((verb) => verb === text) ?? "update";
}

function textAt(spec: unknown, name: string): string | undefined {
  const value = at(spec, "resourceAttributes", name);
  return typeof value === "string" && value !== "" ? value : undefined;
}

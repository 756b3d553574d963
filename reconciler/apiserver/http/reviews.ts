import type { Access } from "../auth/access.ts";
import { type ResourceAttributes, sayForbidden } from "../auth/attributes.ts";
import type { RecognizeToken } from "../auth/bearer-tokens.ts";
import type { Identity } from "../auth/identity.ts";
import { readAttributes } from "../auth/read-attributes.ts";
import { ApiError } from "../errors/api-error.ts";
import { badRequest, methodNotAllowed, notAcceptable, unauthorized } from "../errors/request-errors.ts";
import { at, isObject } from "../json/json-object.ts";
import type { ApiRequest } from "./api-request.ts";
import { decodeBody } from "./decode-body.ts";
import { negotiate } from "./negotiate.ts";
import type { Reply } from "./reply.ts";
import type { ResourcePath } from "./request-info.ts";

export interface ReviewPorts {
  readonly access: Access;
  readonly recognizeToken: RecognizeToken;
}

interface Asked {
  readonly ports: ReviewPorts;
  readonly identity: Identity;
  readonly spec: unknown;
  readonly namespace: string | undefined;
}

type Review = (asked: Asked) => object | Promise<object>;

const AUTHENTICATION = "authentication.k8s.io";
const AUTHORIZATION = "authorization.k8s.io";

/** Kinds that are asked and answered but never stored, by group and plural: who is this, may they. */
const REVIEWS: Readonly<Record<string, readonly [kind: string, review: Review]>> = {
  [`${AUTHENTICATION}/selfsubjectreviews`]: ["SelfSubjectReview", reviewSelf],
  [`${AUTHENTICATION}/tokenreviews`]: ["TokenReview", reviewToken],
  [`${AUTHORIZATION}/selfsubjectaccessreviews`]: ["SelfSubjectAccessReview", reviewOwnAccess],
  [`${AUTHORIZATION}/selfsubjectrulesreviews`]: ["SelfSubjectRulesReview", reviewOwnRules],
  [`${AUTHORIZATION}/subjectaccessreviews`]: ["SubjectAccessReview", reviewAccess],
  [`${AUTHORIZATION}/localsubjectaccessreviews`]: ["LocalSubjectAccessReview", reviewLocalAccess],
};
/** The one that is asked in a namespace. */
const LOCAL = "localsubjectaccessreviews";

export function isReviewPath({ group, version, plural }: ResourcePath): boolean {
  return version === "v1" && Object.hasOwn(REVIEWS, `${group}/${plural}`);
}

/** Answers a review for those who may create it. Throws ApiError. */
export async function answerReview(
  ports: ReviewPorts,
  request: ApiRequest,
  path: ResourcePath,
): Promise<Reply> {
  const { group, plural, namespace } = path;
  const [kind, review] = REVIEWS[`${group}/${plural}`] ?? [];
  const isPlaced = (plural === LOCAL) === (namespace !== undefined);
  if (!review || request.method !== "POST" || path.name !== undefined || !isPlaced) throw methodNotAllowed();
  const identity = requireCreate(ports, request, { verb: "create", group, resource: plural, namespace });
  // These have no table, and a client that takes nothing else must hear so.
  const { encoding, form } = negotiate(request.header("accept"));
  if (form !== "object") throw notAcceptable(["application/json", "application/yaml"]);
  const asked = decodeBody(request.header("content-type"), await request.readBody()).value;
  const spec = at(asked, "spec");
  const status = await review({ ports, identity, spec, namespace });
  return {
    status: 201,
    encoding,
    body: {
      kind,
      apiVersion: `${group}/v1`,
      metadata: { creationTimestamp: null, ...(namespace !== undefined && { namespace }) },
      ...(plural !== "selfsubjectreviews" && {
        spec: plural === "tokenreviews" ? withoutToken(spec) : (spec ?? {}),
      }),
      status,
    },
  };
}

function requireCreate(ports: ReviewPorts, { identity }: ApiRequest, wish: ResourceAttributes): Identity {
  if (!identity) throw unauthorized();
  if (ports.access.authorize(identity, wish).allowed) return identity;
  const { group, resource } = wish;
  const message = `${resource}.${group} is forbidden: ${sayForbidden(identity.user, wish)}`;
  throw new ApiError(403, "Forbidden", message, { details: { group, kind: resource } });
}

/** A credential is not sent back. */
function withoutToken(spec: unknown): object {
  const { token: _, ...rest } = isObject(spec) ? spec : {};
  return rest;
}

function reviewSelf({ identity }: Asked): object {
  return { userInfo: userInfo(identity) };
}

function userInfo({ user, groups, uid, extra }: Identity): object {
  return { username: user, ...(uid !== undefined && { uid }), groups, ...(extra && { extra }) };
}

async function reviewToken({ ports, spec }: Asked): Promise<object> {
  const token = at(spec, "token");
  if (typeof token !== "string" || token === "")
    throw badRequest("token is required for TokenReview in authentication");
  const found = await ports.recognizeToken(token, textsOf(at(spec, "audiences")));
  if (!found) return { authenticated: false, user: {}, error: "invalid bearer token" };
  return { authenticated: true, user: userInfo(found.identity), audiences: found.audiences };
}

function reviewOwnAccess({ ports, identity, spec }: Asked): object {
  return accessStatus(ports, identity, spec, undefined);
}

function reviewAccess({ ports, spec }: Asked): object {
  return accessStatus(ports, subjectOf(spec), spec, undefined);
}

function reviewLocalAccess({ ports, spec, namespace }: Asked): object {
  const asked = at(spec, "resourceAttributes", "namespace");
  if (asked !== undefined && asked !== namespace) {
    throw badRequest(
      `spec.resourceAttributes.namespace: found ${JSON.stringify(asked)}, wanted the namespace of the path "${namespace}"`,
    );
  }
  return accessStatus(ports, subjectOf(spec), spec, namespace);
}

/** Somebody else, exactly as named: no group is added that was not said. */
function subjectOf(spec: unknown): Identity {
  const user = at(spec, "user");
  const groups = textsOf(at(spec, "groups"));
  if (typeof user === "string" && user !== "") return { user, groups };
  if (groups.length > 0) return { user: "", groups };
  throw badRequest("spec.user: at least one of user or group must be specified");
}

function accessStatus(
  { access }: ReviewPorts,
  who: Identity,
  spec: unknown,
  namespace: string | undefined,
): object {
  const decision = access.authorize(who, readAttributes(spec, namespace));
  return { allowed: decision.allowed, ...(decision.reason && { reason: decision.reason }) };
}

/** Menus and `kubectl auth can-i --list` are made from it. */
function reviewOwnRules({ ports, identity, spec }: Asked): object {
  const namespace = at(spec, "namespace");
  if (typeof namespace !== "string" || namespace === "") throw badRequest("no namespace on request");
  const rules = ports.access.rulesFor(identity, namespace);
  return {
    resourceRules: rules.filter(({ resources = [] }) => resources.length > 0),
    nonResourceRules: rules
      .filter(({ nonResourceURLs = [] }) => nonResourceURLs.length > 0)
      .map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs })),
    incomplete: false,
  };
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}

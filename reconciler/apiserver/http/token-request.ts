import type { Kind } from "@freehold/apis";
import { serviceAccountKind } from "@freehold/apis/core";

import type { Authorizer } from "../auth/access.ts";
import { sayForbidden, wishFor } from "../auth/attributes.ts";
import { type AccountTokens, type BoundObject, ISSUER } from "../auth/service-accounts/account-tokens.ts";
import { MAX_TOKEN_SECONDS } from "../auth/service-accounts/signing-keys.ts";
import { ApiError } from "../errors/api-error.ts";
import { conflict, forbidden } from "../errors/object-errors.ts";
import { badRequest, methodNotAllowed, unauthorized } from "../errors/request-errors.ts";
import { at, isObject } from "../json/json-object.ts";
import type { ObjectKey } from "../registry/keys.ts";
import type { Registry } from "../registry/registry.ts";
import type { ApiRequest } from "./api-request.ts";
import { decodeBody } from "./decode-body.ts";
import { negotiate } from "./negotiate.ts";
import type { Reply } from "./reply.ts";
import type { ResourcePath } from "./request-info.ts";

export interface TokenPorts {
  readonly registry: Registry;
  readonly authorize: Authorizer;
  readonly accountTokens: AccountTokens;
}

const LEAST_SECONDS = 600;
const DEFAULT_SECONDS = 3600;

export function isTokenPath({ group, version, plural, subresource, name }: ResourcePath): boolean {
  const at = `${group}/${version}/${plural}/${subresource}`;
  return at === "/v1/serviceaccounts/token" && name !== undefined;
}

/** `POST …/serviceaccounts/NAME/token`: a token for a service account (TokenRequest, authentication.k8s.io/v1). Throws ApiError. */
export async function answerTokenRequest(
  ports: TokenPorts,
  request: ApiRequest,
  { namespace, name = "" }: ResourcePath,
): Promise<Reply> {
  if (request.method !== "POST" || namespace === undefined) throw methodNotAllowed();
  requireRight(ports.authorize, request, { namespace, name });
  const { encoding } = negotiate(request.header("accept"));
  const body = decodeBody(request.header("content-type"), await request.readBody()).value;
  const account = await ports.registry.get(serviceAccountKind, { namespace, name });
  const audiences = readAudiences(at(body, "spec", "audiences"));
  const seconds = readSeconds(at(body, "spec", "expirationSeconds"));
  const bound = await readBound(ports.registry, namespace, at(body, "spec", "boundObjectRef"));
  const { token, expires } = await ports.accountTokens.issue({ account, audiences, seconds, bound });
  const created = new Date(expires - seconds * 1000);
  return {
    status: 201,
    encoding,
    body: {
      kind: "TokenRequest",
      apiVersion: "authentication.k8s.io/v1",
      metadata: { name, namespace, creationTimestamp: timeText(created) },
      spec: { audiences, expirationSeconds: seconds, boundObjectRef: bound ?? null },
      status: { token, expirationTimestamp: timeText(new Date(expires)) },
    },
  };
}

function timeText(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, "Z");
}

function requireRight(authorize: Authorizer, { identity }: ApiRequest, where: ObjectKey): void {
  if (!identity) throw unauthorized();
  const wish = wishFor("create", serviceAccountKind, { ...where, subresource: "token" });
  if (authorize(identity, wish).allowed) return;
  throw forbidden(serviceAccountKind, where.name, sayForbidden(identity.user, wish));
}

function readAudiences(value: unknown): readonly string[] {
  if (!Array.isArray(value) || value.length === 0) return [ISSUER];
  if (value.every((one) => typeof one === "string" && one !== "")) return value;
  throw badRequest("spec.audiences: wanted a list of texts that are not empty");
}

/** A longer life than there may be is cut, and the answer says so. */
function readSeconds(value: unknown = DEFAULT_SECONDS): number {
  if (value === null) return DEFAULT_SECONDS;
  if (typeof value !== "number" || !Number.isSafeInteger(value)) {
    throw badRequest(
      `spec.expirationSeconds: found ${JSON.stringify(value)}, wanted a whole number of seconds`,
    );
  }
  if (value >= LEAST_SECONDS) return Math.min(value, MAX_TOKEN_SECONDS);
  const field = "spec.expirationSeconds";
  const message = `Invalid value: ${value}: may not specify a duration less than 10 minutes`;
  throw new ApiError(
    422,
    "Invalid",
    `TokenRequest.authentication.k8s.io "" is invalid: ${field}: ${message}`,
    {
      details: {
        group: "authentication.k8s.io",
        kind: "TokenRequest",
        causes: [{ reason: "FieldValueInvalid", message, field }],
      },
    },
  );
}

/** Any object of the account's namespace, or of none: the token ends with it. */
async function readBound(
  registry: Registry,
  namespace: string,
  value: unknown,
): Promise<BoundObject | undefined> {
  if (!isObject(value)) return undefined;
  const { apiVersion, kind: kindName, name, uid } = value;
  const kind = registry.kinds
    .all()
    .find((one: Kind) => one.apiVersion === (apiVersion ?? "v1") && one.kind === kindName);
  if (!kind || typeof name !== "string") {
    throw badRequest(`cannot bind token to object of type ${String(apiVersion)}, Kind=${String(kindName)}`);
  }
  const found = await registry.get(kind, { namespace, name });
  const foundUid = found.metadata.uid ?? "";
  if (uid !== undefined && uid !== "" && uid !== foundUid) {
    throw conflict(
      kind,
      name,
      `the UID in the bound object reference (${JSON.stringify(uid)}) does not match the UID in record (${foundUid})`,
    );
  }
  return { apiVersion: kind.apiVersion, kind: kind.kind, name, uid: foundUid };
}

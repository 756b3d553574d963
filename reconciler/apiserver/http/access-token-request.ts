import { accessTokenKind } from "@freehold/apis/system";

import type { AccessTokens } from "../auth/access-tokens.ts";
import type { Authorizer } from "../auth/access.ts";
import { sayForbidden, wishFor } from "../auth/attributes.ts";
import { requireImpersonation } from "../auth/require-impersonation.ts";
import { forbidden } from "../errors/object-errors.ts";
import { methodNotAllowed, unauthorized } from "../errors/request-errors.ts";
import type { ApiRequest } from "./api-request.ts";
import { negotiate } from "./negotiate.ts";
import type { Reply } from "./reply.ts";
import type { ResourcePath } from "./request-info.ts";

export interface AccessTokenPorts {
  readonly authorize: Authorizer;
  readonly accessTokens: AccessTokens;
}

export function isAccessTokenPath({ group, version, plural, subresource, name }: ResourcePath): boolean {
  const { group: own, version: at, plural: of } = accessTokenKind;
  return group === own && version === at && plural === of && subresource === "token" && name !== undefined;
}

/** `POST …/accesstokens/NAME/token`: the token's text, a new one each time; the one before ends. Throws ApiError. */
export async function answerAccessTokenRequest(
  { authorize, accessTokens }: AccessTokenPorts,
  request: ApiRequest,
  { name = "", namespace }: ResourcePath,
): Promise<Reply> {
  const { identity, method } = request;
  if (method !== "POST" || namespace !== undefined) throw methodNotAllowed();
  if (!identity) throw unauthorized();
  const wish = wishFor("create", accessTokenKind, { name, subresource: "token" });
  if (!authorize(identity, wish).allowed)
    throw forbidden(accessTokenKind, name, sayForbidden(identity.user, wish));
  const { encoding } = negotiate(request.header("accept"));
  const { token, kept } = await accessTokens.issue(name, ({ spec }) =>
    requireImpersonation(authorize, identity, spec),
  );
  return {
    status: 201,
    encoding,
    body: {
      kind: "TokenRequest",
      apiVersion: "authentication.k8s.io/v1",
      metadata: { name, creationTimestamp: kept.status?.issued ?? null },
      spec: { audiences: [], expirationSeconds: null, boundObjectRef: null },
      status: { token, expirationTimestamp: kept.spec.expires ?? null },
    },
  };
}

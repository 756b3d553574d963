import { isStoreError } from "@freehold/store";

import { sayForbidden } from "../auth/attributes.ts";
import { ANONYMOUS } from "../auth/identity.ts";
import type { ImpersonationPorts } from "../auth/impersonate.ts";
import { ApiError, isApiError } from "../errors/api-error.ts";
import { internal, noSuchPath, unauthorized } from "../errors/request-errors.ts";
import { answerSession, isSessionPath, type SessionPorts } from "../session/answer-session.ts";
import { answerUpload, isUploadPath, type UploadRoutePorts } from "../uploads/answer-upload.ts";
import {
  type AccessTokenPorts,
  answerAccessTokenRequest,
  isAccessTokenPath,
} from "./access-token-request.ts";
import type { ApiRequest } from "./api-request.ts";
import type { Documents } from "./documents.ts";
import type { Reply } from "./reply.ts";
import { type ResourcePath, readResourcePath } from "./request-info.ts";
import { handleResource, type ResourcePorts } from "./resource-handler.ts";
import { answerReview, isReviewPath, type ReviewPorts } from "./reviews.ts";
import { answerSystemPath } from "./system-paths.ts";
import { answerTokenRequest, isTokenPath, type TokenPorts } from "./token-request.ts";

export interface ApiPorts
  extends
    ResourcePorts,
    ReviewPorts,
    TokenPorts,
    AccessTokenPorts,
    SessionPorts,
    ImpersonationPorts,
    UploadRoutePorts {
  readonly documents: Documents;
  /** False while the server is stopping. */
  readonly isReady: () => boolean;
  readonly log: (message: string) => void;
}

/** Does what a request asks for, as whom it names, if that may be. Throws whatever goes wrong. */
export async function route(ports: ApiPorts, request: ApiRequest): Promise<Reply> {
  const path = readResourcePath(request.path);
  if (path) return routeResource(ports, request, path);
  if (isSessionPath(request.path)) return answerSession(ports, request);
  if (isUploadPath(request.path)) return answerUpload(ports, request);
  requirePath(ports, request);
  const keys = ports.accountTokens.document(request.path);
  if (keys) return { status: 200, contentType: keys.type, body: keys.body };
  const known = answerSystemPath(request, ports.isReady());
  if (known) return known;
  const document = ports.documents.answer(request);
  if (document) return document;
  throw noSuchPath();
}

function routeResource(ports: ApiPorts, request: ApiRequest, path: ResourcePath): Promise<Reply> {
  if (isReviewPath(path)) return answerReview(ports, request, path);
  if (isAccessTokenPath(path)) return answerAccessTokenRequest(ports, request, path);
  return isTokenPath(path) ? answerTokenRequest(ports, request, path) : handleResource(ports, request, path);
}

/** Throws 403 for a path the caller has no right to, and 401 when nobody has said who asks. */
function requirePath({ authorize }: ApiPorts, { identity, method, path }: ApiRequest): void {
  const wish = { verb: method === "HEAD" ? "get" : method.toLowerCase(), path };
  if (authorize(identity ?? ANONYMOUS, wish).allowed) return;
  if (!identity) throw unauthorized();
  throw new ApiError(403, "Forbidden", `forbidden: ${sayForbidden(identity.user, wish)}`);
}

/** What went wrong, as the client will read it; what was not foreseen is logged, and told to nobody. */
export function toApiError(error: unknown, ports: ApiPorts, request: ApiRequest): ApiError {
  if (isApiError(error)) return error;
  if (isStoreError(error, "Unavailable") || isStoreError(error, "NoSpace")) {
    return new ApiError(503, "ServiceUnavailable", error.message, {
      details: { retryAfterSeconds: 1 },
      cause: error,
    });
  }
  const said = error instanceof Error ? (error.stack ?? error.message) : String(error);
  ports.log(`Cannot answer ${request.method} "${request.path}" (audit id ${request.auditId}): ${said}`);
  return internal(request.auditId, error);
}

import { isStoreError } from "@freehold/store";

import { impersonate } from "../auth/impersonate.ts";
import { ApiError, isApiError } from "../errors/api-error.ts";
import { internal, noSuchPath, unauthorized } from "../errors/request-errors.ts";
import { answerUpload, isUploadPath, type UploadRoutePorts } from "../uploads/answer-upload.ts";
import type { ApiRequest } from "./api-request.ts";
import type { Documents } from "./documents.ts";
import { failure, type Reply } from "./reply.ts";
import { readResourcePath } from "./request-info.ts";
import { handleResource, type ResourcePorts } from "./resource-handler.ts";
import { answerReview, isReviewPath } from "./reviews.ts";
import { answerSystemPath, isOpenPath } from "./system-paths.ts";

export interface ApiPorts extends ResourcePorts, UploadRoutePorts {
  readonly documents: Documents;
  /** False while the server is stopping. */
  readonly isReady: () => boolean;
  readonly log: (message: string) => void;
}

/** Answers any request; every failure becomes a Status. */
export async function answer(ports: ApiPorts, request: ApiRequest): Promise<Reply> {
  try {
    return await route(ports, request);
  } catch (error) {
    return failure(toApiError(error, ports, request).toStatus());
  }
}

async function route(ports: ApiPorts, sent: ApiRequest): Promise<Reply> {
  const request = { ...sent, identity: impersonate(sent.identity, sent.header) };
  if (!request.identity && !isOpenPath(request.path)) throw unauthorized();
  const known = answerSystemPath(request, ports.isReady());
  if (known) return known;
  if (isReviewPath(request.path)) return answerReview(ports, request);
  if (isUploadPath(request.path)) return answerUpload(ports, request);
  const document = ports.documents.answer(request);
  if (document) return document;
  const path = readResourcePath(request.path);
  if (!path) throw noSuchPath();
  return handleResource(ports, request, path);
}

function toApiError(error: unknown, ports: ApiPorts, request: ApiRequest): ApiError {
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

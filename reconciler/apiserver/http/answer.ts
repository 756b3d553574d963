import { auditEvent, isAudited } from "../audit/audit-event.ts";
import type { AuditLog } from "../audit/audit-log.ts";
import type { Identity } from "../auth/identity.ts";
import { impersonate } from "../auth/impersonate.ts";
import { unauthorized } from "../errors/request-errors.ts";
import { isLongRunning, type RequestLimits } from "../limits/request-limits.ts";
import { withinDeadline } from "../limits/within-deadline.ts";
import { isSessionPath } from "../session/answer-session.ts";
import { type ApiPorts, route, toApiError } from "./api-handler.ts";
import type { ApiRequest } from "./api-request.ts";
import { failure, type Reply } from "./reply.ts";

export interface AnswerPorts extends ApiPorts {
  readonly limits: RequestLimits;
  /** Absent: nothing is kept of who did what. */
  readonly audit: AuditLog | undefined;
}

export interface Answered {
  readonly reply: Reply;
  /** To be called when the reply is over. */
  readonly onEnd: () => void;
}

/**
 * Answers any request, in Kubernetes' order: who asks, is there room, whom it acts as, may it, and do it. Every failure becomes a
 * Status, and the audit log hears of what came of it.
 */
export async function answer(
  ports: AnswerPorts,
  sent: ApiRequest,
  identify: (request: ApiRequest) => Promise<ApiRequest>,
): Promise<Answered> {
  const received = ports.clock();
  const passage: Passage = { request: sent, impersonated: undefined, leave: () => undefined };
  let reply: Reply;
  try {
    reply = await pass(ports, passage, identify);
  } catch (error) {
    reply = failure(toApiError(error, ports, sent).toStatus());
  }
  const { request, impersonated, leave } = passage;
  const happening = { request, impersonated, reply, received, answered: ports.clock() };
  if (ports.audit && isAudited(happening)) ports.audit.append(auditEvent(happening));
  return { reply, onEnd: leave };
}

/** How far a request has come. */
interface Passage {
  request: ApiRequest;
  impersonated: Identity | undefined;
  leave: () => void;
}

async function pass(
  ports: AnswerPorts,
  passage: Passage,
  identify: (request: ApiRequest) => Promise<ApiRequest>,
): Promise<Reply> {
  const request = (passage.request = await identify(passage.request));
  // Who comes to sign in may still carry what no longer holds.
  if (request.rejected && !isSessionPath(request.path)) throw unauthorized();
  passage.leave = ports.limits.enter(request);
  const identity = await impersonate(ports, request.identity, request.headers);
  if (identity !== request.identity) passage.impersonated = identity;
  const work = route(ports, { ...request, identity });
  return isLongRunning(request) ? work : withinDeadline(work, ports.limits.deadlineMs);
}

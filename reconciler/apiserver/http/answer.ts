import { auditEvent, isAudited } from "../audit/audit-event.ts";
import type { AuditLog } from "../audit/audit-log.ts";
import type { Identity } from "../auth/identity.ts";
import { impersonate } from "../auth/impersonate.ts";
import type { Revocations } from "../auth/revocations.ts";
import { ApiError, isApiError } from "../errors/api-error.ts";
import { unauthorized } from "../errors/request-errors.ts";
import { equalJson } from "../json/equal-json.ts";
import { namesServer } from "../limits/host-names.ts";
import { isLongRunning, type RequestLimits } from "../limits/request-limits.ts";
import { withinDeadline } from "../limits/within-deadline.ts";
import { isSessionPath } from "../session/answer-session.ts";
import { type ApiPorts, route, toApiError } from "./api-handler.ts";
import type { ApiRequest } from "./api-request.ts";
import { failure, type Reply } from "./reply.ts";
import { untilRevoked } from "./until-revoked.ts";

export interface AnswerPorts extends ApiPorts {
  readonly limits: RequestLimits;
  readonly revocations: Revocations;
  /** What the server is called, beside its addresses. */
  readonly names: readonly string[];
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

function hostOf({ header }: ApiRequest): string | undefined {
  return header(":authority") ?? header("host");
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
  const sent = passage.request;
  if (sent.from !== undefined && !namesServer(hostOf(sent), ports.names)) {
    throw new ApiError(
      421,
      "MisdirectedRequest",
      `Cannot answer for "${hostOf(sent) ?? ""}": this server has other names`,
    );
  }
  const request = (passage.request = await identify(sent));
  // Who comes to sign in may still carry what no longer holds.
  if (request.rejected && !isSessionPath(request.path)) throw unauthorized();
  passage.leave = ports.limits.enter(request);
  const identity = await impersonate(ports, request.identity, request.headers);
  if (identity !== request.identity) passage.impersonated = identity;
  const work = route(ports, { ...request, identity });
  const reply = await (isLongRunning(request) ? work : withinDeadline(work, ports.limits.deadlineMs));
  const { stream, requireRight } = reply;
  if (!stream || !requireRight) return reply;
  const isStillAllowed = async (): Promise<boolean> => {
    try {
      const again = await identify(sent);
      requireRight();
      return isSame(await impersonate(ports, again.identity, again.headers), identity);
    } catch (error) {
      // Whether it was refused or could not be asked: whoever may will come back.
      return isApiError(error) && error.code >= 500;
    }
  };
  return { ...reply, stream: untilRevoked(stream, ports.revocations, isStillAllowed) };
}

/** Another group is another person: its rights are judged anew. */
function isSame(a: Identity | undefined, b: Identity | undefined): boolean {
  return a?.user === b?.user && equalJson(a?.groups, b?.groups);
}

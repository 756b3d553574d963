import { personKind } from "@freehold/apis/system";

import type { Authorizer } from "../auth/access.ts";
import type { IdentifyToken } from "../auth/authenticate.ts";
import { type Identity, MASTERS } from "../auth/identity.ts";
import { requireImpersonation } from "../auth/require-impersonation.ts";
import { ApiError, isApiError } from "../errors/api-error.ts";
import { badRequest, methodNotAllowed, noSuchPath, unauthorized } from "../errors/request-errors.ts";
import type { ApiRequest } from "../http/api-request.ts";
import { decodeBody } from "../http/decode-body.ts";
import { document, type Reply } from "../http/reply.ts";
import { at } from "../json/json-object.ts";
import type { Registry } from "../registry/registry.ts";
import type { Passwords } from "./passwords.ts";
import { clearCookie, isSameOrigin, setCookie } from "./session-cookie.ts";
import { SESSION_SECONDS, sessionOf, type Sessions } from "./sessions.ts";

export interface SessionPorts {
  readonly registry: Registry;
  readonly authorize: Authorizer;
  readonly identifyToken: IdentifyToken;
  readonly sessions: Sessions;
  readonly passwords: Passwords;
}

export function isSessionPath(path: string): boolean {
  return (
    path === "/session" ||
    path.startsWith("/session/") ||
    path === "/sessions" ||
    path.startsWith("/sessions/")
  );
}

/**
 * Signing in and out of the web interface. `POST /session` {user, password} signs in, `GET` tells who is signed in, `DELETE` signs out;
 * `POST /session/first-login` {secret, password} sets the first password, by an administrator's token; `POST /session/password`
 * {current, password} changes one's own, {user, password} another's. `GET /sessions` lists one's own, `DELETE /sessions/NAME` ends one.
 * Throws ApiError.
 */
export async function answerSession(ports: SessionPorts, request: ApiRequest): Promise<Reply> {
  if (!isSameOrigin(request.headers, request.method) && request.header("origin") !== undefined) {
    throw new ApiError(403, "Forbidden", "Cannot use the session: the request comes from another origin");
  }
  const { method, path } = request;
  switch (`${method} ${path}`) {
    case "POST /session":
      return signIn(ports, request);
    case "POST /session/first-login":
      return firstLogin(ports, request);
    case "POST /session/password":
      return changePassword(ports, request);
    case "GET /session":
      return document(sessionInfo(signedIn(request)));
    case "DELETE /session":
      return signOut(ports, request);
    case "GET /sessions":
      return listSessions(ports, signedIn(request));
  }
  const name = /^\/sessions\/([a-z0-9]{1,63})$/.exec(path)?.[1];
  if (method !== "DELETE" && (name !== undefined || isSessionPath(path))) throw methodNotAllowed();
  if (name === undefined || !(await ports.sessions.end(signedIn(request).user, name))) throw noSuchPath();
  return document(SUCCESS);
}

const SUCCESS = { apiVersion: "v1", kind: "Status", metadata: {}, status: "Success" };
const FIRST_USER = "admin";

function signedIn({ identity, rejected }: ApiRequest): Identity {
  if (!identity || rejected) throw unauthorized();
  return identity;
}

function sessionInfo(identity: Identity): object {
  const { user, groups } = identity;
  return {
    kind: "SessionInfo",
    apiVersion: "session.freehold.dev/v1",
    user,
    groups,
    session: sessionOf(identity) ?? null,
  };
}

/** Members of a body that must be texts. */
async function readTexts(request: ApiRequest, ...names: readonly string[]): Promise<readonly string[]> {
  // Forms of other pages cannot send it without asking first.
  if (!/^application\/json\b/.test(request.header("content-type") ?? ""))
    throw badRequest("Cannot read the body: wanted application/json");
  const { value } = decodeBody("application/json", await request.readBody());
  return names.map((name) => {
    const found = at(value, name);
    if (typeof found === "string" && found !== "") return found;
    throw badRequest(`Cannot read "${name}": wanted a text that is not empty`);
  });
}

async function signIn(ports: SessionPorts, request: ApiRequest): Promise<Reply> {
  const [user = "", password = ""] = await readTexts(request, "user", "password");
  if (await ports.passwords.isOf(user, password, request.from)) return begin(ports, request, user);
  throw new ApiError(401, "Unauthorized", "Cannot sign in: user or password is wrong");
}

/** The new session's cookie, and who it is of. */
async function begin({ sessions }: SessionPorts, request: ApiRequest, user: string): Promise<Reply> {
  const userAgent = request.header("user-agent")?.slice(0, 200);
  const secret = await sessions.begin(user, {
    ...(request.from !== undefined && { from: request.from }),
    ...(userAgent !== undefined && { userAgent }),
  });
  const identity = await sessions.identify(secret);
  if (!identity) throw unauthorized();
  return {
    ...document(sessionInfo(identity), 201),
    headers: { "set-cookie": setCookie(secret, SESSION_SECONDS), "cache-control": "no-store" },
  };
}

/** Only while nobody has a password: later the secret is a token like others, and no way around the password. */
async function firstLogin(ports: SessionPorts, request: ApiRequest): Promise<Reply> {
  const [secret = "", password = ""] = await readTexts(request, "secret", "password");
  const identity = await ports.identifyToken(secret);
  if (!identity?.groups.includes(MASTERS)) throw unauthorized();
  if (await ports.passwords.isAnySet()) {
    throw new ApiError(
      409,
      "Conflict",
      "Cannot set the first password: there is one already; sign in with it",
    );
  }
  await makeFirstUser(ports.registry);
  await ports.passwords.set(FIRST_USER, password);
  return begin(ports, request, FIRST_USER);
}

async function makeFirstUser(registry: Registry): Promise<void> {
  const draft = personKind.draft({ name: FIRST_USER }, { groups: [MASTERS], disabled: false });
  try {
    await registry.create(personKind, undefined, draft, { manager: "session" });
  } catch (error) {
    if (!isApiError(error, "AlreadyExists")) throw error;
  }
}

async function changePassword(ports: SessionPorts, request: ApiRequest): Promise<Reply> {
  const identity = signedIn(request);
  const { value } = decodeBody("application/json", await request.readBody());
  const [password, current, other] = ["password", "current", "user"].map((name) => at(value, name));
  if (typeof password !== "string") throw badRequest('Cannot read "password": wanted a text');
  if (typeof other === "string" && other !== identity.user) {
    const user = personKind.decode(await ports.registry.get(personKind, { name: other }));
    requireImpersonation(ports.authorize, identity, { user: other, groups: user.spec.groups });
    await ports.passwords.set(other, password);
    await ports.sessions.endOthers(other, undefined);
    return document(SUCCESS);
  }
  const isKnown =
    typeof current === "string" && (await ports.passwords.isOf(identity.user, current, request.from));
  if (!isKnown) throw new ApiError(403, "Forbidden", "Cannot change the password: the current one is wrong");
  await ports.passwords.set(identity.user, password);
  // Who may have learned the old password is out.
  await ports.sessions.endOthers(identity.user, sessionOf(identity));
  return document(SUCCESS);
}

async function signOut({ sessions }: SessionPorts, request: ApiRequest): Promise<Reply> {
  const { identity } = request;
  const name = identity && sessionOf(identity);
  if (identity && name !== undefined) await sessions.end(identity.user, name);
  return { ...document(SUCCESS), headers: { "set-cookie": clearCookie() } };
}

async function listSessions({ sessions }: SessionPorts, identity: Identity): Promise<Reply> {
  const items = (await sessions.of(identity.user)).map(({ metadata, spec }) => ({
    name: metadata.name,
    begun: metadata.creationTimestamp,
    expires: spec.expires,
    from: spec.from ?? null,
    userAgent: spec.userAgent ?? null,
    current: metadata.name === sessionOf(identity),
  }));
  return document({ kind: "SessionInfoList", apiVersion: "session.freehold.dev/v1", items });
}

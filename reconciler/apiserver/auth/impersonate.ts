import { ApiError } from "../errors/api-error.ts";
import { badRequest, unauthorized } from "../errors/request-errors.ts";
import type { Authorizer } from "./access.ts";
import { type ResourceAttributes, sayForbidden } from "./attributes.ts";
import {
  AGENTS,
  ANONYMOUS,
  authenticated,
  type Identity,
  machineOf,
  PACKAGES,
  packageOf,
} from "./identity.ts";
import { accountOf, groupsOfAccount } from "./service-accounts/account-names.ts";

export interface ImpersonationPorts {
  readonly authorize: Authorizer;
  /** Whether a package runs on a machine. */
  readonly runsOn: (
    machine: string,
    own: { readonly namespace: string; readonly name: string },
  ) => Promise<boolean>;
}

/** A request's headers by lower-case name. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

const USER = "impersonate-user";
const GROUP = "impersonate-group";
const UID = "impersonate-uid";
const EXTRA = "impersonate-extra-";
const AUTHENTICATION = "authentication.k8s.io";

/**
 * Whom the request wants to be, by Kubernetes' Impersonate-* headers; the caller's own identity without them. It takes the verb
 * `impersonate` on everything that is named; an agent may besides speak for the packages of its machine. Throws 403 otherwise.
 */
export async function impersonate(
  ports: ImpersonationPorts,
  identity: Identity | undefined,
  headers: Headers,
): Promise<Identity | undefined> {
  const wish = readWish(headers);
  if (!wish) return identity;
  if (!identity) throw unauthorized();
  const wanted = identityOf(wish);
  if (await isOwnPackage(ports, identity, wish, wanted)) return wanted;
  for (const { refused, attributes } of asked(wish)) {
    const decision = ports.authorize(identity, attributes);
    if (!decision.allowed) throw forbidden(identity, attributes, refused);
  }
  return wanted;
}

interface Wish {
  readonly user: string;
  readonly groups: readonly string[];
  readonly uid: string | undefined;
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

function readWish(headers: Headers): Wish | undefined {
  const names = Object.keys(headers).filter((name) => name.startsWith("impersonate-"));
  if (names.length === 0) return undefined;
  const [user = ""] = valuesOf(headers[USER]);
  if (user === "") throw badRequest(`${names.join(", ")} was given without Impersonate-User`);
  const extra = names
    .filter((name) => name.startsWith(EXTRA))
    .map((name) => [decodeKey(name.slice(EXTRA.length)), valuesOf(headers[name])] as const);
  const [uid] = valuesOf(headers[UID]);
  return { user, groups: valuesOf(headers[GROUP]), uid, extra: Object.fromEntries(extra) };
}

/** Several headers of one name come as one, joined by commas. */
function valuesOf(value: string | readonly string[] | undefined): readonly string[] {
  return [value ?? []]
    .flat()
    .flatMap((text) => text.split(","))
    .map((text) => text.trim())
    .filter((text) => text !== "");
}

function decodeKey(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw badRequest(`Cannot read header "${EXTRA}${text}": it is not percent-encoded`, cause);
  }
}

function identityOf({ user, groups, uid, extra }: Wish): Identity {
  if (user === ANONYMOUS.user)
    return { ...ANONYMOUS, groups: [...new Set([...groups, ...ANONYMOUS.groups])] };
  const account = accountOf(user);
  const own = groups.length === 0 && account ? groupsOfAccount(account) : groups;
  const isExtra = Object.keys(extra).length > 0;
  return authenticated(user, own, { ...(uid !== undefined && { uid }), ...(isExtra && { extra }) });
}

/** No group beside the package's own: a package may not be given more than it is. */
async function isOwnPackage(
  { runsOn }: ImpersonationPorts,
  identity: Identity,
  { groups, uid, extra }: Wish,
  wanted: Identity,
): Promise<boolean> {
  const machine = machineOf(identity);
  const own = packageOf(wanted);
  if (!identity.groups.includes(AGENTS) || machine === undefined || !own) return false;
  const isPlain = uid === undefined && Object.keys(extra).length === 0;
  return isPlain && groups.length === 1 && groups[0] === PACKAGES && runsOn(machine, own);
}

interface Asked {
  readonly attributes: ResourceAttributes;
  readonly refused: string;
}

/** Everything the wish names, each to be allowed by itself. */
function asked({ user, groups, uid, extra }: Wish): readonly Asked[] {
  const ask = (
    group: string,
    resource: string,
    name: string,
    more: Partial<ResourceAttributes> = {},
  ): Asked => ({
    attributes: { verb: "impersonate", group, resource, name, ...more },
    refused: `${group === "" ? resource : `${resource}.${group}`} "${name}"`,
  });
  const account = accountOf(user);
  return [
    account
      ? ask("", "serviceaccounts", account.name, { namespace: account.namespace })
      : ask("", "users", user),
    ...groups.map((group) => ask("", "groups", group)),
    ...(uid === undefined ? [] : [ask(AUTHENTICATION, "uids", uid)]),
    ...Object.entries(extra).flatMap(([key, values]) =>
      values.map((value) => ask(AUTHENTICATION, "userextras", value, { subresource: key })),
    ),
  ];
}

function forbidden({ user }: Identity, attributes: ResourceAttributes, subject: string): ApiError {
  const { name = "", group, resource } = attributes;
  return new ApiError(403, "Forbidden", `${subject} is forbidden: ${sayForbidden(user, attributes)}`, {
    details: { name, ...(group && { group }), kind: resource },
  });
}

import { join } from "node:path";

import type { Kind } from "@freehold/apis";
import { containerKind } from "@freehold/apis/workload";
import type { Provider } from "@nestjs/common";

import { AccessTokens } from "../auth/access-tokens.ts";
import { Access } from "../auth/access.ts";
import { admitWrites } from "../auth/admit-write.ts";
import { recognizeTokens } from "../auth/bearer-tokens.ts";
import { IdentityChanges } from "../auth/identity-changes.ts";
import { LiveRoles } from "../auth/rbac/live-roles.ts";
import { RoleGathering } from "../auth/rbac/role-gathering.ts";
import { Revocations } from "../auth/revocations.ts";
import { AccountTokens } from "../auth/service-accounts/account-tokens.ts";
import { SigningKeys } from "../auth/service-accounts/signing-keys.ts";
import { TokenFile } from "../auth/token-file.ts";
import { DefaultAccounts } from "../controllers/default-accounts.ts";
import type { ServePorts } from "../http/serve-request.ts";
import { KindTable } from "../registry/kind-table.ts";
import { Registry } from "../registry/registry.ts";
import { Passwords } from "../session/passwords.ts";
import { Sessions } from "../session/sessions.ts";
import type { ApiServerOptions } from "./api-server.ts";

/** What a request is let in and judged by. */
export type AuthPorts = Pick<
  ServePorts,
  | "access"
  | "accessTokens"
  | "sessions"
  | "passwords"
  | "accountTokens"
  | "admit"
  | "authorize"
  | "identifyToken"
  | "recognizeToken"
  | "refreshRoles"
  | "revocations"
  | "runsOn"
>;

export const AUTH = Symbol("auth");

type Parts = [Registry, Access, LiveRoles, AccountTokens, TokenFile, Revocations];
type Rest = Parts extends [Registry, ...infer R] ? R : never;
type Options = ApiServerOptions & { readonly clock: () => number };

/** The parts that tell who asks and what they may do. */
export function authProviders(options: Options): readonly Provider[] {
  const { backend, dataDir, clock, log = () => undefined, ownerOf = () => undefined } = options;
  return [
    { provide: TokenFile, useFactory: () => TokenFile.open(join(dataDir, "tokens.json")) },
    { provide: SigningKeys, useFactory: () => SigningKeys.open(join(dataDir, "account-keys.json"), clock) },
    {
      provide: AccountTokens,
      useFactory: (registry: Registry, keys: SigningKeys) => new AccountTokens(registry, keys, clock),
      inject: [Registry, SigningKeys],
    },
    {
      provide: DefaultAccounts,
      useFactory: (registry: Registry) => new DefaultAccounts(registry, log),
      inject: [Registry],
    },
    {
      provide: LiveRoles,
      useFactory: (registry: Registry, revocations: Revocations) =>
        new LiveRoles(backend, registry, revocations, log),
      inject: [Registry, Revocations],
    },
    { provide: Revocations, useFactory: () => new Revocations() },
    {
      provide: IdentityChanges,
      useFactory: (registry: Registry, revocations: Revocations) =>
        new IdentityChanges(registry, revocations, log),
      inject: [Registry, Revocations],
    },
    {
      provide: RoleGathering,
      useFactory: (registry: Registry) => new RoleGathering(registry, log),
      inject: [Registry],
    },
    {
      provide: Access,
      useFactory: (kinds: KindTable, roles: LiveRoles) =>
        new Access({ roles: () => roles.index, kindOf: kindsIn(kinds), ownerOf }),
      inject: [KindTable, LiveRoles],
    },
    {
      provide: AUTH,
      useFactory: (...parts: Parts) => authPorts(clock, ...parts),
      inject: [Registry, Access, LiveRoles, AccountTokens, TokenFile, Revocations],
    },
  ];
}

function authPorts(
  clock: () => number,
  registry: Registry,
  ...[access, roles, accountTokens, tokens, revocations]: Rest
): AuthPorts {
  const accessTokens = new AccessTokens(registry, clock);
  const recognizeToken = recognizeTokens(accountTokens, accessTokens, async (token) =>
    tokens.identify(token),
  );
  return {
    access,
    accessTokens,
    accountTokens,
    sessions: new Sessions(registry, clock),
    passwords: new Passwords(registry, clock),
    admit: admitWrites(access),
    authorize: access.authorize,
    identifyToken: async (token) => (await recognizeToken(token, []))?.identity,
    recognizeToken,
    revocations,
    refreshRoles: () => roles.refresh(),
    // A package's container has its name, and says on which machine it is.
    runsOn: async (machine, own) => {
      const container = await registry.find(containerKind, own);
      return container !== undefined && containerKind.decode(container).spec.machine === machine;
    },
  };
}

/** As served now: kinds come and go. */
function kindsIn(kinds: KindTable): (group: string, plural: string) => Kind | undefined {
  return (group, plural) => kinds.all().find((kind) => kind.group === group && kind.plural === plural);
}

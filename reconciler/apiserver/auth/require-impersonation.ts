import { ApiError } from "../errors/api-error.ts";
import type { Authorizer } from "./access.ts";
import { sayForbidden } from "./attributes.ts";
import type { Identity } from "./identity.ts";
import { accountOf } from "./service-accounts/account-names.ts";

/**
 * Throws 403 unless a caller may act as a user of these groups: whoever makes a user, its password or a token for it can come in as
 * that user.
 */
export function requireImpersonation(
  authorize: Authorizer,
  identity: Identity,
  wanted: { readonly user: string; readonly groups: readonly string[] },
): void {
  const account = accountOf(wanted.user);
  const of = { verb: "impersonate", group: "" };
  const wishes = [
    account
      ? { ...of, resource: "serviceaccounts", ...account }
      : { ...of, resource: "users", name: wanted.user },
    ...wanted.groups.map((name) => ({ ...of, resource: "groups", name })),
  ];
  for (const wish of wishes) {
    if (authorize(identity, wish).allowed) continue;
    const { resource: kind, name } = wish;
    const message = `${kind} "${name}" is forbidden: ${sayForbidden(identity.user, wish)}`;
    throw new ApiError(403, "Forbidden", message, { details: { name, kind } });
  }
}

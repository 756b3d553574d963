import { ApiError } from "../errors/api-error.ts";
import { AGENTS, authenticated, type Identity, MASTERS, packageOf } from "./identity.ts";

/**
 * Whom the request wants to be: Kubernetes' Impersonate-User and Impersonate-Group headers. Administrators may be anybody; an
 * agent may speak for packages only. Throws 403 for everybody else.
 */
export function impersonate(
  identity: Identity | undefined,
  header: (name: string) => string | undefined,
): Identity | undefined {
  const user = header("impersonate-user");
  if (user === undefined && header("impersonate-group") !== undefined) {
    throw new ApiError(400, "BadRequest", "Impersonate-Group was given without Impersonate-User");
  }
  if (user === undefined || identity === undefined) return identity;
  const groups = (header("impersonate-group") ?? "")
    .split(",")
    .map((group) => group.trim())
    .filter((group) => group !== "");
  const wanted = authenticated(user, groups);
  if (identity.groups.includes(MASTERS)) return wanted;
  // No group beside the package's own: a package may not be given more than it is.
  if (identity.groups.includes(AGENTS) && packageOf(wanted) && groups.length === 1) return wanted;
  throw new ApiError(403, "Forbidden", `User "${identity.user}" cannot impersonate user "${wanted.user}"`);
}

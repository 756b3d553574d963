/** Who sends a request. */
export interface Identity {
  readonly user: string;
  readonly groups: readonly string[];
}

/** May do everything a person may. */
export const MASTERS = "system:masters";
/** Controllers in the server. */
export const CONTROLLERS = "system:controllers";
/** Agents of machines. */
export const AGENTS = "system:agents";
/** Packages, each as `system:package:<namespace>:<name>`. */
export const PACKAGES = "system:packages";
const AUTHENTICATED = "system:authenticated";

export function authenticated(user: string, groups: readonly string[]): Identity {
  return { user, groups: [...new Set([...groups, AUTHENTICATED])] };
}

/** The package an identity speaks for. */
export function packageOf({ user, groups }: Identity): { namespace: string; name: string } | undefined {
  const [, namespace, name] = /^system:package:([^:]+):([^:]+)$/.exec(user) ?? [];
  if (!groups.includes(PACKAGES) || namespace === undefined || name === undefined) return undefined;
  return { namespace, name };
}

/** Who sends a request. */
export interface Identity {
  readonly user: string;
  readonly groups: readonly string[];
  /** Of the object that stands for the user, when there is one. */
  readonly uid?: string | undefined;
  /** What else is known about how it came in. */
  readonly extra?: Readonly<Record<string, readonly string[]>> | undefined;
}

/** May do everything a person may. */
export const MASTERS = "system:masters";
/** Controllers in the server. */
export const CONTROLLERS = "system:controllers";
/** Agents of machines, each as `system:agent:<machine>`. */
export const AGENTS = "system:agents";
/** Packages, each as `system:package:<namespace>:<name>`. */
export const PACKAGES = "system:packages";
const AUTHENTICATED = "system:authenticated";

/** Who asks without saying who. */
export const ANONYMOUS: Identity = { user: "system:anonymous", groups: ["system:unauthenticated"] };

export function authenticated(
  user: string,
  groups: readonly string[],
  more: Pick<Identity, "uid" | "extra"> = {},
): Identity {
  return { user, groups: [...new Set([...groups, AUTHENTICATED])], ...more };
}

/** The machine an agent speaks for. */
export function machineOf({ user, groups }: Identity): string | undefined {
  return groups.includes(AGENTS) ? /^system:agent:([^:]+)$/.exec(user)?.[1] : undefined;
}

/** The package an identity speaks for. */
export function packageOf({ user, groups }: Identity): { namespace: string; name: string } | undefined {
  const [, namespace, name] = /^system:package:([^:]+):([^:]+)$/.exec(user) ?? [];
  if (!groups.includes(PACKAGES) || namespace === undefined || name === undefined) return undefined;
  return { namespace, name };
}

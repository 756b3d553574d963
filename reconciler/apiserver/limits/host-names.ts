import { isIP } from "node:net";

/** Programs in the cluster of a Kubernetes would call it so. */
const ALWAYS = ["localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc"];

/**
 * Whether a request's Host names this server. An address is one; a name must be one of ours: a page of another site whose name was made
 * to point here (DNS rebinding) brings its own.
 */
export function namesServer(host: string | undefined, names: readonly string[]): boolean {
  const [, bracketed, plain] = /^(?:\[([^\]]+)\]|([^:]*))(?::\d{1,5})?$/.exec(host ?? "") ?? [];
  if (bracketed !== undefined) return isIP(bracketed) === 6;
  const name = plain?.toLowerCase().replace(/\.$/, "") ?? "";
  return isIP(name) === 4 || ALWAYS.includes(name) || names.some((one) => one.toLowerCase() === name);
}

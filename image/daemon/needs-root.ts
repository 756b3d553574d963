const PRIVILEGED: readonly string[] = ["up", "down", "agent"];

/** Why this user may not run the command, undefined when they may. The server alone runs as anybody; `up` gives it a user of its own. */
export function rootRefusal(command: string, uid: number | undefined): string | undefined {
  if (uid === 0 || !PRIVILEGED.includes(command)) return undefined;
  return `Cannot run "${command}": it needs root, found uid ${uid ?? "unknown"}; containers, mounts and packet rules are its work`;
}

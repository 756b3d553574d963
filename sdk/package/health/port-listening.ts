import { readFile } from "node:fs/promises";

import { failing, type HealthCheck, healthy } from "./health-check.ts";

/** Passes when something listens on a TCP port of the container. Reads /proc/net (proc(5)) and connects nowhere. */
export function portListening(port: number): HealthCheck {
  return async () => {
    const tables = await Promise.all([readFile("/proc/net/tcp", "utf8"), readFile("/proc/net/tcp6", "utf8")]);
    return tables.some((table) => isListening(table, port))
      ? healthy(`Port ${port} is open`)
      : failing(`Nothing listens on port ${port}`);
  };
}

/** Whether a table of /proc/net has a socket in state LISTEN (0A) on the port. */
export function isListening(table: string, port: number): boolean {
  const wanted = port.toString(16).toUpperCase().padStart(4, "0");
  return table.split("\n").some((line) => {
    const [, local, , state] = line.trim().split(/\s+/u);
    return state === "0A" && local?.split(":")[1] === wanted;
  });
}

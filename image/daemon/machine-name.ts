import { existsSync, readFileSync } from "node:fs";
import { hostname } from "node:os";

import type { DaemonOptions } from "./options.ts";
import type { Places } from "./places.ts";

/** What this machine is called: as told, as it was once called, or after its host. Another host name does not make it another machine. */
export function machineNameOf(options: Pick<DaemonOptions, "machine">, places: Places): string {
  if (options.machine === undefined && existsSync(places.machineName)) {
    return readFileSync(places.machineName, "utf8");
  }
  const name = (options.machine ?? hostname())
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .slice(0, 63)
    .replaceAll(/^-|-$/g, "");
  return name === "" ? "machine" : name;
}

import { createRequire } from "node:module";

import type { PackageExports } from "@freehold/sdk";

import { isRecord } from "../rpc/call-host.ts";

const functions = ["init", "uninit", "main", "createBackup"] as const;

/** Loads a package's JavaScript and checks that it has what the ABI wants. Errors name the export. */
export function loadPackage(entry: string): PackageExports {
  const loaded: unknown = createRequire(entry)(entry);
  if (!isRecord(loaded)) throw new Error(`Cannot load "${entry}": it exports nothing`);
  for (const name of functions) {
    if (typeof loaded[name] !== "function") {
      throw new Error(
        `Cannot load "${entry}": its export "${name}" is ${typeof loaded[name]}, wanted a function`,
      );
    }
  }
  if (!isRecord(loaded["actions"])) throw new Error(`Cannot load "${entry}": it has no export "actions"`);
  // Checked as far as it can be from outside: the rest is the package's word.
  return loaded as unknown as PackageExports;
}

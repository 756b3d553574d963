import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

import { type ClientConfig, readKubeconfig, Transport } from "@freehold/client";

import { CliError, exitCodes } from "../cli-error.ts";
import type { Options } from "../options.ts";
import { processTerminal } from "../terminal.ts";

export const DEFAULT_DATA = "/var/lib/freehold";

/** The kubeconfig that is used: `--kubeconfig`, `$KUBECONFIG`, the server's own, `~/.kube/config`. Undefined when there is none. */
export function kubeconfigPath(options: Options): string | undefined {
  const given = options.text("kubeconfig") ?? (process.env["KUBECONFIG"] || undefined);
  if (given !== undefined) return given;
  const data = options.text("data") ?? DEFAULT_DATA;
  return [join(data, "admin.kubeconfig"), join(homedir(), ".kube/config")].find((file) => existsSync(file));
}

/** Who to be and where to. Throws CliError when nothing says so. */
export function clientConfigOf(options: Options): ClientConfig {
  const file = kubeconfigPath(options);
  const server = options.text("server");
  const token = options.text("token");
  const over = {
    name: "freehold",
    onWarning: (text: string): void => processTerminal().say(`Warning: ${text}\n`),
    ...(server !== undefined && { server }),
    ...(token !== undefined && { token }),
  };
  if (file === undefined) {
    if (server !== undefined) return { ...over, server };
    const data = options.text("data") ?? DEFAULT_DATA;
    throw new CliError(`Cannot find the server: there is no kubeconfig in "${data}"`, {
      exitCode: exitCodes.unreachable,
      next: `give --kubeconfig or --server, the server's --data, set KUBECONFIG, or start one (freehold up --data ${data})`,
    });
  }
  return { ...withoutIdentity(read(file, options.text("context")), token), ...over };
}

/** Opens nothing yet: connections are made with the first request. */
export function connect(options: Options): { transport: Transport; namespace: string } {
  const config = clientConfigOf(options);
  try {
    return {
      transport: new Transport(config),
      namespace: options.text("namespace") ?? config.namespace ?? "default",
    };
  } catch (error) {
    throw new CliError(error instanceof Error ? error.message : String(error), {
      exitCode: exitCodes.usage,
      next: "give --server https://HOST:PORT or unix:PATH",
      cause: error,
    });
  }
}

function read(file: string, context: string | undefined): ClientConfig {
  try {
    return readKubeconfig(file, context);
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    throw new CliError(found.startsWith("Cannot") ? found : `Cannot use "${file}": ${found}`, {
      exitCode: exitCodes.unreachable,
      next: "run it as root, or give a kubeconfig you may read and a context it has (--kubeconfig, --context)",
      cause: error,
    });
  }
}

/** A token that was given replaces the certificate: with both, the server would look at the certificate. */
function withoutIdentity(config: ClientConfig, token: string | undefined): ClientConfig {
  if (token === undefined) return config;
  const { certificate: _certificate, key: _key, ...rest } = config;
  return rest;
}

import { stat } from "node:fs/promises";
import { join } from "node:path";

import { containerNameOf } from "@freehold/apis/workload";

import { CliError, exitCodes } from "../cli-error.ts";
import { clientConfigOf, DEFAULT_DATA, kubeconfigPath } from "../connection/connect.ts";
import type { Options } from "../options.ts";

/** Where the agent keeps a container's files. */
export interface ContainerPlace {
  /** LXC's name of it. */
  readonly name: string;
  /** LXC's `-P`. */
  readonly root: string;
  readonly log: string;
}

/** Finds a package's container on this machine. Throws CliError when we are not root, not there, or it has none. */
export async function containerPlace(
  options: Options,
  action: string,
  target: string,
): Promise<ContainerPlace> {
  const namespace = namespaceOf(options);
  const data = options.text("data") ?? DEFAULT_DATA;
  if (process.getuid?.() !== 0) {
    throw new CliError(`Cannot ${action} "${target}": not root, and it works on the machine's own files`, {
      exitCode: exitCodes.forbidden,
      next: "run it with sudo on the machine the package runs on",
    });
  }
  const root = join(data, "agent/host/containers");
  if (!(await isDirectory(root))) {
    throw new CliError(`Cannot ${action} "${target}": no agent keeps containers in "${root}"`, {
      exitCode: exitCodes.notFound,
      next: "run it on the machine the package runs on, with the server's --data",
    });
  }
  const name = containerNameOf({ metadata: { name: target, namespace } });
  if (!(await isDirectory(join(root, name)))) {
    throw new CliError(
      `Cannot ${action} "${target}": no container of namespace "${namespace}" has that name here`,
      {
        exitCode: exitCodes.notFound,
        next: "freehold get containers -A shows which there are, and on which machine",
      },
    );
  }
  return { name, root, log: join(root, name, "log") };
}

/** As for every other command, but without a kubeconfig there need not be one: the files are all that is asked. */
function namespaceOf(options: Options): string {
  const given = options.text("namespace");
  if (given !== undefined) return given;
  return (kubeconfigPath(options) === undefined ? undefined : clientConfigOf(options).namespace) ?? "default";
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

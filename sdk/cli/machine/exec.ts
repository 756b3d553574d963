import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";

import { CliError, exitCodes, usageError } from "../cli-error.ts";
import type { Invocation } from "../invocation.ts";
import { containerPlace } from "./container-place.ts";

const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** `freehold exec`: by lxc-attach(1), in all namespaces, the cgroup and the seccomp filter of the container; its code is ours. */
export async function runExec({ options, words }: Invocation): Promise<number> {
  const [target = "", ...rest] = words;
  const command = rest[0] === "--" ? rest.slice(1) : rest;
  if (command.length === 0)
    throw usageError("Cannot tell what to run", "freehold exec PACKAGE -- COMMAND [ARGUMENT…]");
  const { name, root } = await containerPlace(options, "run in", target);
  await requireRunning(target, { name, root });
  const environment = [
    "-v",
    `PATH=${PATH}`,
    "-v",
    "HOME=/root",
    "-v",
    `TERM=${process.env["TERM"] ?? "dumb"}`,
  ];
  const argv = ["-P", root, "-n", name, "--clear-env", ...environment, "--", ...command];
  const child = spawn("lxc-attach", argv, { stdio: "inherit" });
  // Ctrl-C is the program's to answer, as often as it is pressed; we end when it does.
  process.removeAllListeners("SIGINT").on("SIGINT", () => undefined);
  const [code, signal] = await once(child, "close").catch((cause: unknown) => {
    throw new CliError(
      `Cannot run in "${target}": ${cause instanceof Error ? cause.message : String(cause)}`,
      {
        exitCode: exitCodes.failed,
        next: "check that lxc is installed and the package runs (freehold get pkg)",
        cause,
      },
    );
  });
  if (typeof code === "number") return code;
  const number = Object.entries(constants.signals).find(([text]) => text === signal)?.[1];
  return 128 + (number ?? 0);
}

/** lxc-attach(1) says of a stopped container only that its connection was refused. */
async function requireRunning(target: string, { name, root }: { name: string; root: string }): Promise<void> {
  const state = await new Promise<string>((resolve) => {
    execFile("lxc-info", ["-P", root, "-n", name, "-sH"], (error, out) =>
      resolve(error ? error.message : out.trim()),
    );
  });
  if (state === "RUNNING") return;
  throw new CliError(`Cannot run in "${target}": its container is not running (${state})`, {
    next: `freehold start ${target}, or freehold describe pkg ${target} to see why`,
  });
}

import { closeSync, openSync } from "node:fs";
import type { Readable } from "node:stream";

import { type Cancellation, type ExecRequest, type ExecResult, HostError } from "@freehold/agent-ports";
import { type ChildProcess, spawn } from "@freehold/native";

import { errnoOf } from "../host-failure.ts";
import { childrenOf } from "./process-facts.ts";
import type { ContainerPrograms } from "./start-monitor.ts";

const LONGEST_OUTPUT_BYTES = 64 << 20;
const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Runs a program in a running container with lxc-attach(1): its namespaces, cgroup, capabilities and seccomp filter. */
export async function execInContainer(
  container: { readonly name: string; readonly root: string },
  request: ExecRequest,
  programs: ContainerPrograms,
  cancellation: Cancellation,
): Promise<ExecResult> {
  if (cancellation.aborted) throw interrupted(container.name, request);
  const child = spawnAttach(container, request, programs);
  const cancel = (): void => killLeaves(child.handle.pid);
  cancellation.addEventListener("abort", cancel);
  try {
    child.stdin?.on("error", ignoreBrokenPipe);
    child.stdin?.end(request.input ?? "");
    const [stdout, stderr, end] = await Promise.all([
      collect(child.stdout, cancel),
      collect(child.stderr, cancel),
      child.handle.ended,
    ]);
    if (cancellation.aborted) throw interrupted(container.name, request);
    if (!stdout || !stderr) {
      const found = `more than ${LONGEST_OUTPUT_BYTES} bytes of output`;
      throw new HostError("failed", `Cannot run "${request.argv[0]}" in "${container.name}": ${found}`);
    }
    return { code: end.code ?? 128 + (end.signal ?? 0), stdout, stderr };
  } finally {
    cancellation.removeEventListener("abort", cancel);
  }
}

function spawnAttach(
  container: { readonly name: string; readonly root: string },
  request: ExecRequest,
  programs: ContainerPrograms,
): ChildProcess {
  const environment = { PATH: DEFAULT_PATH, HOME: "/root", ...request.environment };
  const variables = Object.entries(environment).flatMap(([name, value]) => ["-v", `${name}=${value}`]);
  const user = request.user === undefined ? [] : ["-u", `${request.user}`, "-g", `${request.user}`];
  // lxc-attach has no option for the directory; the shell is handed words, never a text to parse.
  const directory = request.directory ? ["/bin/sh", "-c", 'cd "$0" && exec "$@"', request.directory] : [];
  const nothing = openSync("/dev/null", "r");
  try {
    return spawn({
      file: programs.lxcAttach,
      argv: [
        "lxc-attach",
        "-P",
        container.root,
        "-n",
        container.name,
        "--clear-env",
        ...variables,
        ...user,
        "--",
        ...directory,
        ...request.argv,
      ],
      environment: { PATH: programs.path },
      stdin: request.input ? "pipe" : nothing,
      stdout: "pipe",
      stderr: "pipe",
      session: true,
    });
  } finally {
    closeSync(nothing);
  }
}

/** Undefined, after calling back, when there is too much. */
async function collect(stream: Readable | null, overflow: () => void): Promise<Uint8Array | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream ?? []) {
    if (!Buffer.isBuffer(chunk)) continue;
    length += chunk.length;
    if (length > LONGEST_OUTPUT_BYTES) overflow();
    else chunks.push(chunk);
  }
  return length > LONGEST_OUTPUT_BYTES ? undefined : new Uint8Array(Buffer.concat(chunks));
}

/**
 * lxc-attach does not take its child along when it is killed, but ends when its child does; so the leaves are killed. Each parent then
 * collects its own: what is left to process 1 of the machine may lie there and keep the container's pid namespace from ending.
 */
function killLeaves(pid: number): void {
  const children = childrenOf(pid);
  for (const child of children) killLeaves(child);
  if (children.length > 0) return;
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if (errnoOf(error) !== "ESRCH") throw error;
  }
}

/** A program need not read its input. */
function ignoreBrokenPipe(error: Error): void {
  if (errnoOf(error) !== "EPIPE" && errnoOf(error) !== "ECONNRESET") throw error;
}

function interrupted(name: string, request: ExecRequest): HostError {
  return new HostError("interrupted", `Cannot run "${request.argv[0]}" in "${name}": cancelled`);
}

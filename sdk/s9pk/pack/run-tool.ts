import { spawn } from "node:child_process";
import { once } from "node:events";

import { ArchiveError } from "../archive-error.ts";

export interface ToolOptions {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

/** Runs a program to its end and gives its output. Code `build-failed` with its last words when it fails. */
export async function runTool(
  program: string,
  argv: readonly string[],
  options: ToolOptions = {},
): Promise<string> {
  const { input = "", env = {}, signal } = options;
  const child = spawn(program, argv, { env: { ...process.env, ...env }, ...(signal && { signal }) });
  let output = "";
  let errors = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors = `${errors}${text}`.slice(-2000)));
  child.stdin.on("error", (error) => (errors += String(error)));
  child.stdin.end(input);
  await once(child, "close");
  if (child.exitCode === 0) return output;
  const end = child.exitCode === null ? `was ended by ${child.signalCode}` : `exited with ${child.exitCode}`;
  throw new ArchiveError("build-failed", program, `Cannot build: ${program} ${end}: ${errors.trim()}`);
}

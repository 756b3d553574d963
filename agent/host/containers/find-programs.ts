import { closeSync, existsSync, openSync, statSync, symlinkSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

import { HostError } from "@freehold/agent-ports";
import { spawn } from "@freehold/native";

import type { ContainerPrograms } from "./start-monitor.ts";

const FOLDERS = ["/usr/bin", "/usr/local/bin", "/usr/sbin", "/sbin", "/bin"];

/**
 * Programs that containers need, in `folder` where they need a place of their own. `built` are those of ours that are built; others
 * are compiled here once, which takes a C compiler.
 */
export async function findPrograms(
  folder: string,
  built: { readonly mountInto?: string | undefined; readonly logLines?: string | undefined },
): Promise<ContainerPrograms> {
  const path = `${folder}/path`;
  await mkdir(path, { recursive: true });
  // The only program lxc-start looks for that we let it find.
  const parser = locate("apparmor_parser");
  if (parser && !existsSync(`${path}/apparmor_parser`)) symlinkSync(parser, `${path}/apparmor_parser`);
  const [mountInto, logLines] = await Promise.all([
    built.mountInto ?? compile(folder, "mount-into", ["-static"]),
    // It stays as long as its container: what it shares with others costs nothing.
    built.logLines ?? compile(folder, "log-lines", []),
  ]);
  return {
    lxcStart: required("lxc-start"),
    lxcAttach: required("lxc-attach"),
    mountInto,
    logLines,
    cp: required("cp"),
    path,
  };
}

async function compile(folder: string, name: string, flags: readonly string[]): Promise<string> {
  const program = `${folder}/${name}`;
  const source = fileURLToPath(new URL(`${name}/${name}.c`, nativeFolder()));
  if (existsSync(program) && (!existsSync(source) || isNewer(program, source))) return program;
  const compiler = required("cc");
  const nothing = openSync("/dev/null", "r+");
  try {
    const child = spawn({
      file: compiler,
      argv: ["cc", "-O2", ...flags, "-o", `${program}.new`, source],
      environment: { PATH: FOLDERS.join(":") },
      stdin: nothing,
      stdout: nothing,
      stderr: "pipe",
      session: false,
    });
    const complaint = child.stderr ? await text(child.stderr) : "";
    const { code } = await child.handle.ended;
    if (code !== 0) throw new HostError("failed", `Cannot compile "${source}": ${complaint.trim()}`);
  } finally {
    closeSync(nothing);
  }
  await rename(`${program}.new`, program);
  return program;
}

function isNewer(file: string, other: string): boolean {
  return statSync(file).mtimeMs >= statSync(other).mtimeMs;
}

/** The package's folder, whether it runs from source or from dist. */
function nativeFolder(): URL {
  const door = import.meta.resolve("@freehold/native");
  return new URL(door.includes("/dist/") ? ".." : ".", door);
}

function required(program: string): string {
  const path = locate(program);
  if (path) return path;
  throw new HostError("unsupported", `Cannot find "${program}": not in ${FOLDERS.join(", ")}`);
}

function locate(program: string): string | undefined {
  return FOLDERS.map((folder) => `${folder}/${program}`).find(existsSync);
}

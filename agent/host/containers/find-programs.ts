import { closeSync, existsSync, openSync, symlinkSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

import { HostError } from "@freehold/agent-ports";
import { spawn } from "@freehold/native";

import type { ContainerPrograms } from "./start-monitor.ts";

const FOLDERS = ["/usr/bin", "/usr/local/bin", "/usr/sbin", "/sbin", "/bin"];

/**
 * Programs that containers need, in `folder` where they need a place of their own. `mountInto` is the built native/mount-into; when it
 * is not given it is compiled here once, which takes a C compiler.
 */
export async function findPrograms(
  folder: string,
  mountInto: string | undefined,
): Promise<ContainerPrograms> {
  const path = `${folder}/path`;
  await mkdir(path, { recursive: true });
  // The only program lxc-start looks for that we let it find.
  const parser = locate("apparmor_parser");
  if (parser && !existsSync(`${path}/apparmor_parser`)) symlinkSync(parser, `${path}/apparmor_parser`);
  return {
    lxcStart: required("lxc-start"),
    lxcAttach: required("lxc-attach"),
    mountInto: mountInto ?? (await compileMountInto(folder)),
    path,
  };
}

async function compileMountInto(folder: string): Promise<string> {
  const program = `${folder}/mount-into`;
  if (existsSync(program)) return program;
  const compiler = required("cc");
  const source = fileURLToPath(new URL("mount-into/mount-into.c", nativeFolder()));
  const nothing = openSync("/dev/null", "r+");
  try {
    const child = spawn({
      file: compiler,
      argv: ["cc", "-O2", "-static", "-o", `${program}.new`, source],
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

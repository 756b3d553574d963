import { closeSync, existsSync, openSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { text } from "node:stream/consumers";

import { HostError } from "@freehold/agent-ports";
import { spawn } from "@freehold/native";

/** Where the copy of a mounted image is kept on machines that need one, see mountOverlay. */
export function copyOf(mountPoint: string): string {
  return `${mountPoint}.freehold-copy`;
}

/** Copies a tree with owners, modes, links and attributes; complete or not at all, and once. */
export async function copyTreeOnce(source: string, target: string): Promise<void> {
  if (existsSync(target)) return;
  const partial = `${target}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { mode: 0o755 });
  const nothing = openSync("/dev/null", "r+");
  try {
    const child = spawn({
      file: "/bin/cp",
      argv: ["cp", "-a", "--reflink=auto", "--", `${source}/.`, partial],
      environment: {},
      stdin: nothing,
      stdout: nothing,
      stderr: "pipe",
      session: false,
    });
    const complaint = child.stderr ? await text(child.stderr) : "";
    const { code } = await child.handle.ended;
    if (code !== 0) throw new HostError("failed", `Cannot copy "${source}": ${complaint.trim()}`);
  } finally {
    closeSync(nothing);
  }
  await rename(partial, target);
}

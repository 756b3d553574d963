import { closeSync, openSync, writeFileSync } from "node:fs";

import { NativeError } from "./native-error.ts";
import { spawn } from "./spawn.ts";

const kept = new Map<string, Promise<number>>();

/**
 * Descriptor of a user namespace that maps on-disk id 0 … `count`-1 to `base` … (user_namespaces(7)), to shift a mount's ids. Made
 * once per range, which takes 5 to 17 ms, and kept open for the life of this process: do not close it.
 */
export function userNamespace(base: number, count: number): Promise<number> {
  const range = `0 ${base} ${count}`;
  const known = kept.get(range);
  if (known) return known;
  const made = makeNamespace(range);
  kept.set(range, made);
  made.catch(() => kept.delete(range));
  return made;
}

async function makeNamespace(range: string): Promise<number> {
  const nowhere = openSync("/dev/null", "r+");
  try {
    const child = spawn({
      file: "/usr/bin/unshare",
      argv: ["unshare", "--user", "--", "/bin/sh", "-c", "echo made; read go"],
      environment: { PATH: "/usr/bin:/bin" },
      stdin: "pipe",
      stdout: "pipe",
      stderr: nowhere,
      session: false,
    });
    const made = new Promise<boolean>((resolve) => {
      child.stdout?.once("data", () => resolve(true));
      child.stdout?.once("close", () => resolve(false));
    });
    try {
      if (!(await made)) throw new NativeError("unshare --user", 1, "user namespaces are not to be had");
      writeFileSync(`/proc/${child.handle.pid}/uid_map`, range);
      writeFileSync(`/proc/${child.handle.pid}/gid_map`, range);
      return openSync(`/proc/${child.handle.pid}/ns/user`, "r");
    } finally {
      child.stdin?.end();
      child.stdout?.resume();
      await child.handle.ended;
    }
  } finally {
    closeSync(nowhere);
  }
}

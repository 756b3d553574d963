import { readFileSync } from "node:fs";

/** Used where no user "freehold" was made; above what adduser(8) gives to people and below our containers' ranges. */
const FALLBACK = { uid: 64_317, gid: 64_317 } as const;

/** Whom the server runs as: nobody's rights are needed. Undefined when we are not root, and so cannot change it. */
export function serverIdentity(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const line = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .find((entry) => entry.startsWith("freehold:"));
  const [, , uid, gid] = line?.split(":") ?? [];
  return uid === undefined || gid === undefined ? FALLBACK : { uid: Number(uid), gid: Number(gid) };
}

import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";

import { createLinuxHost } from "@freehold/agent-host";

export type TestHost = ReturnType<typeof createLinuxHost>;

const scratch = variable("FREEHOLD_SCRATCH");

/** Given by run.sh. */
export const cgroupParent = variable("FREEHOLD_CGROUP");

/** A folder of the machine's real filesystem, removed with everything by run.sh. */
export function newFolder(): string {
  const folder = mkdtempSync(`${scratch}/`);
  chmodSync(folder, 0o711);
  return folder;
}

export function newHost(dataDir: string): TestHost {
  return createLinuxHost({ dataDir, cgroupParent });
}

/** Init of the test image: says it is up, does what `/start` says if there is one, ends on SIGTERM, SIGPWR or SIGINT. */
const INIT = `#!/bin/sh
trap 'echo stopping; exit 0' TERM PWR INT
echo init runs
[ -f /start ] && . /start
while :; do sleep 3600 & wait $!; done
`;

/** A squashfs image with busybox and the init above. */
export function makeImage(folder: string): string {
  const tree = `${folder}/tree`;
  for (const path of ["bin", "dev", "proc", "sys", "tmp", "etc", "root"])
    mkdirSync(`${tree}/${path}`, { recursive: true });
  copyFileSync("/bin/busybox", `${tree}/bin/busybox`);
  const applets = execFileSync("/bin/busybox", ["--list"], { encoding: "utf8" }).trim().split("\n");
  for (const applet of applets) if (applet !== "busybox") symlinkSync("busybox", `${tree}/bin/${applet}`);
  writeFileSync(`${tree}/etc/passwd`, "root:x:0:0:root:/root:/bin/sh\n");
  writeFileSync(`${tree}/init`, INIT);
  chmodSync(`${tree}/init`, 0o755);
  const image = `${folder}/image.squashfs`;
  execFileSync("mksquashfs", [tree, image, "-noappend", "-quiet", "-no-progress", "-comp", "lz4"], {
    stdio: "ignore",
  });
  rmSync(tree, { recursive: true });
  return image;
}

function variable(name: string): string {
  const value = process.env[name];
  if (value === undefined)
    throw new Error(`Cannot run this test: ${name} is not set, use test/privileged/run.sh`);
  return value;
}

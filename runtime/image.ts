import { execFileSync, type ExecFileSyncOptions } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { buildRuntime } from "./build.ts";

/** Everything the image is made of; all are files of the building machine. */
export interface RuntimeImageOptions {
  /** Where the image goes; `.erofs` makes an erofs (faster to start from), anything else a squashfs (smaller). */
  readonly output: string;
  /** Node's program. Default: that of the npm package `node`. */
  readonly node?: string;
  readonly busybox?: string;
}

// Mount points of sections 5.2 and 6.2, and what the kernel's file systems go on.
const directories = [
  "proc sys dev run tmp root bin etc usr/bin var/tmp usr/lib/startos/init usr/lib/startos/package".split(" "),
  "rpc volumes assets images subcontainers backup".split(" ").map((name) => `media/startos/${name}`),
].flat();

// Files the host may bind others over; what is in them is for a container without that.
const files: Readonly<Record<string, string>> = {
  "etc/passwd": "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n",
  "etc/group": "root:x:0:\nnogroup:x:65534:\n",
  "etc/hosts": "127.0.0.1 localhost\n::1 localhost\n",
  "etc/hostname": "container\n",
  "etc/resolv.conf": "",
  "etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
};

const applets =
  "sh cat chmod chown cp date df du env false find grep gzip hostname id ip kill ln ls mkdir mv netstat nslookup " +
  "ping ps rm rmdir sed sleep sync tail tar test top touch true umount vi wc wget";

/** Builds the root file system every service container shares, with fixed times and order: same inputs, same bytes. */
export async function buildRuntimeImage(options: RuntimeImageOptions): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), "runtime-image-"));
  try {
    for (const directory of directories) mkdirSync(join(root, directory), { recursive: true });
    for (const [path, text] of Object.entries(files)) writeFileSync(join(root, path), text);
    addBusybox(root, options.busybox ?? "/usr/bin/busybox");
    addProgram(root, options.node ?? nodeProgram(), "usr/bin/node");
    addRsync(root);
    const helper = fileURLToPath(new URL("../native/start-container/build.sh", import.meta.url));
    execFileSync(helper, [join(root, "usr/bin/start-container")]);
    symlinkSync("start-container", join(root, "usr/bin/start-cli"));
    // It maps ids, which busybox cannot, and leaves the rest to busybox.
    symlinkSync("../usr/bin/start-container", join(root, "bin/mount"));
    await buildRuntime(join(root, "usr/lib/startos/init/index.js"));
    makeImage(root, options.output);
  } finally {
    rmSync(root, { recursive: true });
  }
}

function nodeProgram(): string {
  return fileURLToPath(new URL("../node_modules/node/bin/node", import.meta.url));
}

function addBusybox(root: string, busybox: string): void {
  copyFileSync(busybox, join(root, "bin/busybox"));
  for (const name of applets.split(" ")) symlinkSync("busybox", join(root, "bin", name));
}

/** Packages made with upstream's SDK back their volumes up with rsync(1). Taken from Debian when the machine has none. */
function addRsync(root: string): void {
  const installed = "/usr/bin/rsync";
  if (existsSync(installed)) return addProgram(root, installed, "usr/bin/rsync");
  const work = mkdtempSync(join(tmpdir(), "rsync-"));
  try {
    execFileSync("apt-get", ["download", "-qq", "rsync"], { cwd: work, stdio: "ignore" });
    const archive = readdirSync(work).find((name) => name.endsWith(".deb")) ?? "rsync.deb";
    execFileSync("dpkg-deb", ["-x", join(work, archive), work]);
    addProgram(root, join(work, "usr/bin/rsync"), "usr/bin/rsync");
  } catch (error) {
    // Everything but backups of such packages works without it.
    console.error("The image has no rsync, so packages made with upstream's SDK cannot back up:", error);
  } finally {
    rmSync(work, { recursive: true });
  }
}

/** Copies a program with the shared libraries ldd(1) finds for it, stripped of symbols nobody will read there. */
function addProgram(root: string, program: string, path: string): void {
  const listed = execFileSync("ldd", [program], { encoding: "utf8" });
  if (listed.includes("not found"))
    throw new Error(`Cannot add "${program}": a library is missing:\n${listed}`);
  copyFileSync(program, join(root, path));
  execFileSync("strip", [join(root, path)]);
  for (const [, library] of listed.matchAll(/(\/\S+) \(0x/gu)) {
    if (library === undefined) continue;
    mkdirSync(join(root, dirname(library)), { recursive: true });
    cpSync(realpathSync(library), join(root, library));
  }
}

function makeImage(root: string, output: string): void {
  mkdirSync(dirname(output), { recursive: true });
  rmSync(output, { force: true });
  const quiet: ExecFileSyncOptions = {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, SOURCE_DATE_EPOCH: "0" },
  };
  if (output.endsWith(".erofs")) {
    execFileSync(
      "mkfs.erofs",
      ["-zlz4hc", "-T0", "--all-root", "-U00000000-0000-0000-0000-000000000000", output, root],
      quiet,
    );
  } else {
    const fixed = ["-all-root", "-reproducible"];
    execFileSync(
      "mksquashfs",
      [root, output, "-comp", "zstd", "-noappend", "-quiet", "-no-progress", ...fixed],
      quiet,
    );
  }
}

if (import.meta.main) {
  const output = process.argv[2] ?? fileURLToPath(new URL("dist/runtime.squashfs", import.meta.url));
  await buildRuntimeImage({ output });
  console.log(`${output}: ${(readFileSync(output).length / 1e6).toFixed(1)} MB`);
}

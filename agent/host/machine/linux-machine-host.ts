import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { arch, availableParallelism, release, totalmem } from "node:os";

import type { MachineFacts, MachineHost } from "@freehold/agent-ports";
import { AT_FDCWD, Nftables, openTreeAttr } from "@freehold/native";

import { errnoOf } from "../host-failure.ts";

/** MachineHost from uname(2), os-release(5) and what the kernel says to harmless calls. */
export class LinuxMachineHost implements MachineHost {
  readonly #cgroups: "v1" | "v2";
  #facts: Promise<MachineFacts> | undefined;

  constructor(cgroups: "v1" | "v2") {
    this.#cgroups = cgroups;
  }

  facts(): Promise<MachineFacts> {
    this.#facts ??= this.#probe();
    return this.#facts;
  }

  async #probe(): Promise<MachineFacts> {
    const names: Readonly<Record<string, string>> = { x64: "x86_64", arm64: "aarch64" };
    return {
      architecture: names[arch()] ?? arch(),
      kernel: release(),
      os: await osName(),
      cgroups: this.#cgroups,
      memoryBytes: totalmem(),
      cpus: availableParallelism(),
      features: {
        "idmapped-mount": hasOpenTreeAttr() ? "open_tree_attr" : "mount_setattr",
        "idmapped-overlay": isKernel(6, 13) ? "layer-fd" : "attached-clone",
        "idmapped-squashfs": isKernel(6, 2) ? "mount" : "copy",
        "container-kill": isKernel(5, 14) && hasUnifiedCgroups() ? "cgroup.kill" : "init",
        apparmor: existsSync("/sys/module/apparmor/parameters/enabled") ? "generated" : "none",
        nftables: Nftables.open() ? "library" : "program",
      },
    };
  }
}

/** An impossible descriptor: EBADF where the call exists. */
function hasOpenTreeAttr(): boolean {
  try {
    openTreeAttr(AT_FDCWD, "", 0, {});
    return true;
  } catch (error) {
    return errnoOf(error) !== "ENOSYS";
  }
}

function hasUnifiedCgroups(): boolean {
  return ["", "unified/"].some((part) => existsSync(`/sys/fs/cgroup/${part}cgroup.procs`));
}

function isKernel(major: number, minor: number): boolean {
  const [, thisMajor = "0", thisMinor = "0"] = /^(\d+)\.(\d+)/.exec(release()) ?? [];
  return Number(thisMajor) > major || (Number(thisMajor) === major && Number(thisMinor) >= minor);
}

async function osName(): Promise<string> {
  const text = await readFile("/etc/os-release", "utf8");
  return /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(text)?.[1] ?? "Linux";
}

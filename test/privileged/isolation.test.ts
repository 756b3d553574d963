import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

import type { ContainerDefinition } from "@freehold/agent-ports";
import { conformanceDefinition, type ConformanceSetup, prepareRoot } from "@freehold/agent-ports/conformance";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { linuxSetup } from "./linux-setup.ts";

const live = new AbortController().signal;

/** What a container's root tries against the machine and its neighbours. */
describe("a container", () => {
  let setup: ConformanceSetup;
  beforeAll(async () => {
    setup = await linuxSetup();
    const one = conformanceDefinition(setup);
    await prepareRoot(setup, one);
    await setup.host.mounts.unmount(one.rootfs);
    await startAs(setup, one);
    await startAs(setup, secondOf(setup, one));
  });
  afterAll(() => setup[Symbol.asyncDispose]());

  /** Exit code and what was said, of the shell in container "one". */
  const shell = async (script: string): Promise<readonly [number, string]> => {
    const { code, stdout, stderr } = await setup.host.containers.exec(
      "one",
      { argv: ["sh", "-c", script] },
      live,
    );
    return [code, Buffer.concat([stdout, stderr]).toString().trim()];
  };
  const refused = async (script: string): Promise<string> => {
    const [code, text] = await shell(script);
    expect(code, text).not.toBe(0);
    return text;
  };

  it("cannot make device nodes nor read the machine's disks and memory", async () => {
    expect(await refused("mknod /tmp/disk b 254 0")).toMatch(/not permitted/);
    expect(await refused("mknod /tmp/mem c 1 1")).toMatch(/not permitted/);
    expect(await refused("cat /dev/mem /proc/kcore /dev/kmsg | head -c1 | grep .")).toMatch(
      /No such file|denied|not perm/,
    );
  });

  it("sees only its own processes, in an own proc", async () => {
    const [, list] = await shell("ls /proc | grep -c '^[0-9]'");
    expect(Number(list)).toBeLessThan(10);
    expect(await shell("tr '\\0' ' ' < /proc/1/cmdline")).toEqual([0, "/bin/sh /init"]);
    const host = process.pid;
    expect(await refused(`kill -0 ${host} || ls /proc/${host}`)).toMatch(/No such/);
  });

  it("cannot reach the machine's files by proc, chroot escapes or mounts", async () => {
    const marker = `${setup.folder}/image/init`;
    expect(await refused(`ls /proc/1/root${setup.folder}`)).toMatch(/No such file/);
    expect(await refused(`ls ${marker}`)).toMatch(/No such file/);
    expect(await refused("mount -t squashfs /dev/loop0 /tmp")).toMatch(/No such|denied|not permitted|failed/);
    expect(await refused("mkdir -p /tmp/x && mount -t ext4 /dev/vda /tmp/x")).toMatch(
      /No such|denied|not permitted|failed/,
    );
  });

  it("cannot change the machine: clock, modules, host name of the machine, sysctl, reboot", async () => {
    // The exit code of busybox's date is 0 either way.
    expect((await shell("date -s 2000-01-01"))[1]).toMatch(/not permitted/);
    await refused("echo 1 > /proc/sys/kernel/panic");
    await refused("echo b > /proc/sysrq-trigger");
    const before = readFileSync("/proc/sys/kernel/hostname", "utf8");
    await shell("hostname stolen");
    expect(readFileSync("/proc/sys/kernel/hostname", "utf8")).toBe(before);
    await refused("echo 1000000000 > /sys/fs/cgroup/memory.max");
  });

  it("cannot see or touch another container's files and processes", async () => {
    const two = await setup.host.containers.container("two");
    expect(await refused(`kill -9 ${two?.initPid}`)).toMatch(/No such process/);
    const [, ids] = await shell("cat /proc/self/uid_map");
    expect(ids.split(/\s+/)).toEqual(["0", "300000", "65536"]);
    expect(execFileSync("cat", [`/proc/${two?.initPid}/uid_map`], { encoding: "utf8" })).toContain("400000");
  });

  it("has a seccomp filter, none of the dropped capabilities, and no more than its devices", async () => {
    const [, status] = await shell("grep -E 'Seccomp:|CapBnd' /proc/self/status");
    expect(status).toMatch(/Seccomp:\s+2/);
    const bounding = BigInt(`0x${/CapBnd:\s+(\w+)/.exec(status)?.[1]}`);
    // sys_module 16, sys_rawio 17, sys_boot 22, sys_time 25, mac_override 32, mac_admin 33, syslog 34; capabilities(7).
    for (const capability of [16n, 17n, 22n, 25n, 32n, 33n, 34n])
      expect((bounding >> capability) & 1n).toBe(0n);
    // setuid 7, net_bind_service 10, sys_chroot 18, sys_admin 21: packages need them.
    for (const capability of [7n, 10n, 18n, 21n]) expect((bounding >> capability) & 1n).toBe(1n);
  });

  it("is stopped at its limits of processes and memory", async () => {
    const [, forks] = await shell("for i in $(seq 100); do sleep 1 & done 2>&1; wait");
    expect(forks).toMatch(/can't fork|Resource temporarily unavailable|retry/);
    const [code] = await shell("dd if=/dev/zero of=/dev/null bs=128M count=1");
    expect(code).toBe(137);
  });

  it("may do what packages do: mount, nest namespaces, bind low ports, change owners and users", async () => {
    const script = [
      "mkdir -p /m && mount -t tmpfs none /m && mkdir /m/a /m/b && mount --bind /m/a /m/b",
      "unshare -p -f -m sh -c 'mount -t proc proc /proc && ls /proc/1/status'",
      "chown 33:33 /m/a && su -s /bin/sh root -c 'id -u'",
    ].join(" && ");
    expect(await shell(script)).toEqual([0, "/proc/1/status\n0"]);
    expect(await shell("httpd -p 80 && wget -qO- http://127.0.0.1/init | head -1")).toMatchObject([
      0,
      "#!/bin/sh",
    ]);
  });
});

async function startAs(setup: ConformanceSetup, definition: ContainerDefinition): Promise<void> {
  await setup.host.mounts.mountOverlay({
    target: definition.rootfs,
    lower: `${setup.folder}/image`,
    idMap: { base: definition.uidBase, count: 65_536 },
    upper: `${definition.rootfs}-upper`,
    work: `${definition.rootfs}-work`,
  });
  await setup.host.containers.create(definition);
  await setup.host.containers.start(definition.name);
}

/** Another package: another range of ids. */
function secondOf(setup: ConformanceSetup, one: ContainerDefinition): ContainerDefinition {
  const network = {
    ...one.network,
    hostLink: `${setup.bridge}-two`,
    address: "10.178.0.3/24",
    mac: "02:00:00:00:00:03",
  };
  return { ...one, name: "two", rootfs: `${setup.folder}/root2`, uidBase: 400_000, network };
}

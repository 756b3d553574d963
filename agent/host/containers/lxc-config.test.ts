import type { ContainerDefinition } from "@freehold/agent-ports";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { lxcConfigOf, type LxcSurroundings } from "./lxc-config.ts";

const definition: ContainerDefinition = {
  name: "web",
  rootfs: "/srv/web/root",
  uidBase: 300_000,
  init: ["/init"],
  environment: { LANG: "C" },
  stopSignal: "SIGPWR",
  binds: [{ source: "/srv/a b", target: "data", readOnly: true, idMap: { base: 300_000, count: 65_536 } }],
  network: {
    bridge: "br0",
    hostLink: "v-web",
    address: "10.0.3.9/24",
    gateway: "10.0.3.1",
    mac: "02:00:00:00:00:09",
  },
  devices: ["/dev/fuse"],
  limits: { memoryBytes: 1024, cpuMillis: 250 },
};
const around: LxcSurroundings = {
  cgroups: "v2",
  cgroupPath: "freehold/web",
  hook: ["/p/mount-into", "/c/web/plan"],
  stopHook: ["/bin/cp", "/sys/fs/cgroup/freehold/web/payload/memory.events", "/c/web/oom"],
  seccompProfile: undefined,
  hasApparmor: true,
  deviceNumbers: { "/dev/fuse": "c 10:229" },
  fileSources: new Set(),
};

describe("lxcConfigOf()", () => {
  it("writes what the definition says in the words of the cgroup version", () => {
    const lines = lxcConfigOf(definition, around).split("\n");
    expect(lines).toEqual(
      expect.arrayContaining([
        "lxc.rootfs.path = dir:/srv/web/root",
        "lxc.idmap = u 0 300000 65536",
        "lxc.apparmor.profile = generated",
        "lxc.net.0.ipv4.address = 10.0.3.9/24 10.0.3.255",
        "lxc.cgroup2.memory.max = 1024",
        "lxc.cgroup2.cpu.max = 25000 100000",
        "lxc.cgroup2.devices.allow = c 10:229 rwm",
        "lxc.mount.entry = /srv/a\\040b data none bind,create=dir,nodev,ro,idmap=container 0 0",
      ]),
    );
    const v1 = lxcConfigOf(definition, { ...around, cgroups: "v1" });
    expect(v1).toContain("lxc.cgroup.memory.limit_in_bytes = 1024\n");
    expect(v1).not.toContain("cgroup2");
    expect(v1).not.toContain("pids.max");
  });

  it("leaves shared binds to the hook", () => {
    const binds = [{ source: "/srv/s", target: "s", readOnly: false, propagation: "shared" as const }];
    expect(lxcConfigOf({ ...definition, binds }, around)).not.toContain("/srv/s");
  });

  it("writes as many lines as it means to, whatever the texts are", () => {
    const count = lxcConfigOf(definition, around).split("\n").length;
    const text = fc.string({ unit: fc.constantFrom("a", "\n", "\r", "\0", "=", " ", "\t", "\u001b") });
    fc.assert(
      fc.property(text, fc.constantFrom("rootfs", "bridge", "variable", "source"), (text, field) => {
        const changed: ContainerDefinition = {
          ...definition,
          rootfs: field === "rootfs" ? text : definition.rootfs,
          network: { ...definition.network, bridge: field === "bridge" ? text : "br0" },
          environment: { LANG: field === "variable" ? text : "C" },
          binds: definition.binds.map((bind) => ({
            ...bind,
            source: field === "source" ? text : bind.source,
          })),
        };
        try {
          expect(lxcConfigOf(changed, around).split(/[\n\r\0]/).length).toBe(count);
        } catch (error) {
          expect(error).toMatchObject({ code: "invalid" });
        }
      }),
    );
  });

  it("refuses variables that are no names, unknown devices and other id maps", () => {
    const binds = definition.binds.map((bind) => ({ ...bind, idMap: { base: 1, count: 2 } }));
    expect(() => lxcConfigOf({ ...definition, environment: { "A=B": "c" } }, around)).toThrow("A=B");
    expect(() => lxcConfigOf({ ...definition, devices: ["/dev/sda"] }, around)).toThrow("/dev/sda");
    expect(() => lxcConfigOf({ ...definition, binds }, around)).toThrow("/srv/a b");
  });
});

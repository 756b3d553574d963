import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import type { ContainerDefinition, ExecResult } from "@freehold/agent-ports";
import {
  conformanceDefinition,
  type ConformanceSetup,
  prepareRoot,
  seenThrough,
} from "@freehold/agent-ports/conformance";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { linuxSetup } from "./linux-setup.ts";
import { newHost } from "./sandbox.ts";

const live = new AbortController().signal;

describe("LinuxContainerHost", () => {
  let setup: ConformanceSetup;
  let definition: ContainerDefinition;
  beforeEach(async () => {
    setup = await linuxSetup();
    definition = conformanceDefinition(setup);
    await prepareRoot(setup, definition);
  });
  afterEach(() => setup[Symbol.asyncDispose]());

  const shell = (script: string): Promise<ExecResult> =>
    setup.host.containers.exec("one", { argv: ["sh", "-c", script] }, live);
  const said = async (script: string): Promise<string> => {
    const { stdout, stderr } = await shell(script);
    return Buffer.concat([stdout, stderr]).toString().trim();
  };
  const start = async (more: Partial<ContainerDefinition> = {}): Promise<void> => {
    await setup.host.containers.create({ ...definition, ...more });
    await setup.host.containers.start("one");
  };
  const dataDir = (): string => `${setup.folder}/../data`.replace("/test/..", "");

  it("start() gives init its words, variables and log as they are", async () => {
    const words = ["/bin/sh", "-c", 'echo "$1|$2|$GREETING"; exec /init', "sh", "a  b", `"'$x`];
    await start({ init: words, environment: { GREETING: "it's = me" } });
    expect(await said("tr '\\0' '\\n' < /proc/1/environ | sort | grep GREETING")).toBe("GREETING=it's = me");
    const log = setup.host.containers.logPath("one");
    expect(readFileSync(log, "utf8")).toContain(`a  b|"'$x|it's = me\n`);
  });

  it("start() says why it failed, from what lxc-start logged", async () => {
    const failing = start({ init: ["/does/not/exist"] });
    await expect(failing).rejects.toThrow("/does/not/exist");
    expect(await setup.host.containers.container("one")).toMatchObject({ state: "stopped" });
  });

  it("programs in a container may open /dev/stdout anew", async () => {
    await start({ init: ["/bin/sh", "-c", "echo anew > /proc/self/fd/1; exec /init"] });
    const log = setup.host.containers.logPath("one");
    await expect.poll(() => readFileSync(log, "utf8"), { timeout: 5000 }).toMatch(/Z anew$/m);
  });

  it("a container's log has the time before each line, and is bounded", async () => {
    const words =
      'printf "no end"; echo; i=0; while [ $i -lt 60 ]; do i=$((i+1)); head -c 400000 /dev/zero | tr "\\0" x; echo; done';
    await start({ init: ["/bin/sh", "-c", `${words}; echo last; exec /init`] });
    const log = setup.host.containers.logPath("one");
    await expect.poll(() => readFileSync(log, "utf8").includes("last"), { timeout: 20_000 }).toBe(true);
    const stamps = readFileSync(log, "utf8").match(/^\S+ (?=last$|xxx)/gm) ?? [];
    expect(stamps.filter((stamp) => !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z $/.test(stamp))).toEqual([]);
    expect(stamps.length).toBeGreaterThan(1);
    for (const path of [log, `${log}.1`]) expect(statSync(path).size).toBeLessThan(9 << 20);
  });

  it.each([["exit 3", {}, "exited with 3"]])(
    "a container that ends by itself says how: %s",
    async (words, limits, description) => {
      await start({ init: ["/bin/sh", "-c", `sleep 0.1; ${words}`], limits });
      const end = async (): Promise<unknown> =>
        (await setup.host.containers.container("one"))?.lastExit?.description;
      await expect.poll(end, { timeout: 10_000 }).toContain(description);
    },
  );

  it("start() right after a crash waits for the end of the former run", async () => {
    await start();
    for (let run = 2; run < 5; run += 1) {
      process.kill((await setup.host.containers.container("one"))?.initPid ?? 0, "SIGKILL");
      await expect.poll(async () => (await setup.host.containers.container("one"))?.initPid).toBe(undefined);
      await setup.host.containers.start("one");
      expect(await setup.host.containers.container("one")).toMatchObject({
        state: "running",
        starts: run,
        lastExit: { description: "killed by SIGKILL" },
      });
    }
  });

  it("a container that the kernel killed for want of memory says so", async () => {
    const limits = { memoryBytes: 16 << 20 };
    await start({ init: ["/bin/sh", "-c", "sleep 0.1; exec tail -f /dev/zero"], limits });
    const end = async (): Promise<unknown> =>
      (await setup.host.containers.container("one"))?.lastExit?.description;
    const wanted = "killed by SIGKILL; out of memory: at its limit the kernel killed a process";
    await expect.poll(end, { timeout: 20_000 }).toBe(wanted);
  });

  it("stop() kills what does not end within the grace", async () => {
    await start({ init: ["/bin/sh", "-c", "trap '' TERM; while :; do sleep 1000; done"] });
    await setup.host.containers.stop("one", 100);
    const state = await setup.host.containers.container("one");
    expect(state).toMatchObject({ state: "stopped", lastExit: { description: "killed after 100 ms" } });
  });

  it("exec() passes input, output, code, directory, user and variables, and can be cancelled", async () => {
    await start();
    const request = {
      argv: ["sh", "-c", 'cat; pwd; id -u; echo "$A"; echo bad >&2; exit 7'],
      input: Buffer.from("input\n"),
      directory: "/tmp",
      user: 1000,
      environment: { A: "b c" },
    };
    const { code, stdout, stderr } = await setup.host.containers.exec("one", request, live);
    const [out, error] = [stdout, stderr].map((bytes) => Buffer.from(bytes).toString());
    expect({ code, out, error }).toEqual({ code: 7, out: "input\n/tmp\n1000\nb c\n", error: "bad\n" });
    const cancelled = setup.host.containers.exec("one", { argv: ["sleep", "600"] }, AbortSignal.timeout(100));
    await expect(cancelled).rejects.toMatchObject({ code: "interrupted" });
    expect(await said("ps | grep -c '[s]leep 600'")).toBe("0");
  });

  describe("a shared bind", () => {
    const shared = (): string => `${setup.folder}/shared`;
    beforeEach(async () => {
      const { mounts } = setup.host;
      await mounts.makeDirectory(`${shared()}/host`);
      await mounts.makeDirectory(`${shared()}/inside`);
      const binds = [
        { source: shared(), target: "srv/shared", readOnly: false, propagation: "shared" as const },
      ];
      await start({ binds });
    });

    it("shows an overlay that the host mounts after the start", async () => {
      await setup.host.mounts.mountOverlay({
        target: `${shared()}/guid`,
        lower: `${setup.folder}/image`,
        idMap: { base: definition.uidBase, count: 65_536 },
        upper: `${setup.folder}/upper2`,
        work: `${setup.folder}/work2`,
      });
      expect(
        await said("ls -n /srv/shared/guid/init; echo new > /srv/shared/guid/f && cat /srv/shared/guid/f"),
      ).toMatch(/^-rwx\S+ +1 0 +0 .*\nnew$/);
      await setup.host.mounts.unmount(`${shared()}/guid`);
      expect(await said("ls /srv/shared/guid")).toBe("");
    });

    it("shows the host what the container mounts, and stop() detaches it and keeps the bind", async () => {
      expect(await said("mount -t tmpfs none /srv/shared/inside && echo hello > /srv/shared/inside/f")).toBe(
        "",
      );
      expect(await setup.host.mounts.mountsBelow(`${shared()}/inside`)).toMatchObject([{ type: "tmpfs" }]);
      expect(readFileSync(`${shared()}/inside/f`, "utf8")).toBe("hello\n");
      await setup.host.containers.stop("one", 5000);
      expect(await setup.host.mounts.mountsBelow(shared())).toMatchObject([{ target: shared() }]);
      expect(existsSync(`${shared()}/inside/f`)).toBe(false);
    });

    it("leaves what was mounted before the start", async () => {
      await setup.host.containers.stop("one", 5000);
      await setup.host.mounts.bind({
        source: `${setup.folder}/image`,
        target: `${shared()}/host`,
        readOnly: true,
      });
      await setup.host.containers.start("one");
      await setup.host.containers.stop("one", 5000);
      expect(await setup.host.mounts.mountsBelow(`${shared()}/host`)).toHaveLength(1);
    });

    it("survives many starts with the same mounts", async () => {
      for (let round = 0; round < 3; round++) {
        await setup.host.containers.stop("one", 5000);
        await setup.host.containers.start("one");
      }
      expect(await said("grep -c /srv/shared /proc/self/mountinfo")).toBe("1");
      expect(await setup.host.mounts.mountsBelow(shared())).toHaveLength(1);
    });

    it("is not led elsewhere by a link in the image", async () => {
      await setup.host.containers.stop("one", 5000);
      rmSync(`${definition.rootfs}/srv`, { recursive: true });
      symlinkSync("/etc", `${definition.rootfs}/srv`);
      await expect(setup.host.containers.start("one")).rejects.toMatchObject({ code: "failed" });
    });
  });

  it("a volume with the container's id map is written as root on disk", async () => {
    const volume = `${setup.folder}/volume`;
    await setup.host.mounts.makeDirectory(volume);
    const idMap = { base: definition.uidBase, count: 65_536 };
    await start({ binds: [{ source: volume, target: "data", readOnly: false, idMap }] });
    expect(await said("echo text > /data/f; chown 33:33 /data/f; stat -c %u /data/f; stat -c %u /data")).toBe(
      "33\n0",
    );
    expect(statSync(`${volume}/f`)).toMatchObject({ uid: 33, gid: 33 });
  });

  it("outlives kill -9 of the agent, and the next agent finds, watches and stops it", async () => {
    await setup.host.containers.create(definition);
    const script = fileURLToPath(new URL("start-one.ts", import.meta.url));
    const argv = ["--conditions=@freehold/source", script, dataDir(), "one"];
    const agent = spawn(process.execPath, argv, { stdio: ["ignore", "pipe", "inherit"] });
    await once(agent.stdout, "data");
    agent.kill("SIGKILL");
    await once(agent, "exit");

    const next = newHost(dataDir()).containers;
    const state = await next.container("one");
    expect(state).toMatchObject({ state: "running", starts: 1, linked: true, limits: definition.limits });
    await seenThrough(
      (cancellation) => next.changes(cancellation),
      () => setup.changeLimits("one", 48 << 20),
      async () => (await next.container("one"))?.limits.memoryBytes === 48 << 20,
    );
    await next.start("one");
    expect((await next.container("one"))?.initPid).toBe(state?.initPid);
    await next.stop("one", 5000);
    expect(await next.container("one")).toMatchObject({ state: "stopped", linked: false });
  });

  it("is not taken in by a pid file that names another process, and finds the container without one", async () => {
    await start();
    const recordPath = `${dataDir()}/containers/one/record.json`;
    const record = JSON.parse(readFileSync(recordPath, "utf8"));
    const before = await setup.host.containers.container("one");
    for (const monitor of [{ pid: process.pid, startTicks: record.monitor.startTicks }, undefined]) {
      writeFileSync(recordPath, JSON.stringify({ ...record, monitor }));
      expect(await newHost(dataDir()).containers.container("one")).toMatchObject({
        state: "running",
        initPid: before?.initPid,
      });
    }
  });

  it("finishes a stop that another agent began", async () => {
    await start();
    const recordPath = `${dataDir()}/containers/one/record.json`;
    const record = JSON.parse(readFileSync(recordPath, "utf8"));
    writeFileSync(recordPath, JSON.stringify({ ...record, phase: "stopping", graceMs: 5000 }));
    const next = newHost(dataDir()).containers;
    await seenThrough(
      (cancellation) => next.changes(cancellation),
      async () => undefined,
      async () => (await next.container("one"))?.state === "stopped",
    );
  });
});

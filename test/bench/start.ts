import { spawn } from "node:child_process";
import { existsSync, globSync, readFileSync, readlinkSync, rmdirSync, statSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";

import { createLinuxHost } from "@freehold/agent-host";
import { packageKind } from "@freehold/apis/package";
import { containerKind } from "@freehold/apis/workload";

import { packed, ServerUnderTest } from "../testing/server-under-test.ts";
import { median, percentile } from "./statistics.ts";

const RUNS = 20;

/**
 * apply → the container's init runs, and → Ready, against raw lxc-start of the same root with the same configuration, one after
 * the other. Run it inside test/envelope.sh.
 */
export async function bench(): Promise<void> {
  await using server = await ServerUnderTest.start();
  // One life to warm caches, and to take the configuration from.
  await server.apply("redis", packed("redis"));
  await server.ready(packageKind, "redis", "default");
  const payload = payloadOf(server);
  await using raw = await prepareRaw(server);
  await removePackage(server);
  const ours: number[] = [];
  const ready: number[] = [];
  const raws: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    raws.push(await raw.run());
    const began = performance.now();
    await server.apply("redis", packed("redis"));
    await until(() => hasInit(payload));
    ours.push(performance.now() - began);
    await server.ready(containerKind, "redis", "default");
    ready.push(performance.now() - began);
    await server.ready(packageKind, "redis", "default");
    await removePackage(server);
  }
  const ratio = median(ours.map((ms, i) => ms / (raws[i] ?? Number.NaN)));
  const row = (name: string, values: readonly number[]): object => ({
    name,
    "p50 ms": percentile(values, 50).toFixed(1),
    "p95 ms": percentile(values, 95).toFixed(1),
  });
  console.table([
    row("raw lxc-start → init", raws),
    row("apply → init (with import of the archive)", ours),
    row("apply → container ready", ready),
  ]);
  console.log(`paired median ratio apply → init : raw lxc-start = ${ratio.toFixed(2)}`);
}

/** Where the processes of its container are; other Freeholds may run on this machine. */
function payloadOf(server: ServerUnderTest): string {
  const text = readFileSync(configOf(server), "utf8");
  const [, folder = ""] = /^lxc\.cgroup2?\.dir\.container = (.+)$/m.exec(text) ?? [];
  return folder;
}

function configOf(server: ServerUnderTest): string {
  const [config = ""] = globSync(`${server.data}/agent/host/containers/redis-*/config`);
  return config;
}

async function removePackage(server: ServerUnderTest): Promise<void> {
  await server.client.delete(packageKind, packageKind.ref("redis", "default"), { name: "bench" });
  await server.until(
    "redis to be gone",
    async () => (await server.client.get(packageKind, "redis", "default")) === undefined,
  );
}

/** The same configuration under another name, over an overlay of the same image. */
async function prepareRaw(server: ServerUnderTest): Promise<AsyncDisposable & { run(): Promise<number> }> {
  const config = configOf(server);
  const folder = `${server.data}/raw`;
  const place = `${folder}/raw`;
  await mkdir(place, { recursive: true, mode: 0o711 });
  const host = createLinuxHost({ dataDir: `${server.data}/raw-host`, cgroupParent: "freehold-bench-raw" });
  const base = Number(/lxc\.idmap = u 0 (\d+)/.exec(readFileSync(config, "utf8"))?.[1]);
  await host.mounts.mountOverlay({
    target: `${place}/rootfs`,
    lower: `${server.data}/agent/runtime/root`,
    idMap: { base, count: 65_536 },
    upper: `${place}/upper`,
    work: `${place}/work`,
  });
  const text = readFileSync(config, "utf8")
    .split("\n")
    // Without our hook and our binds, which are not LXC's own work.
    .filter((line) => !/^lxc\.(hook|mount\.entry = \/)/.test(line))
    .map((line) =>
      line
        .replace(/^lxc\.rootfs\.path = .*/, `lxc.rootfs.path = dir:${place}/rootfs`)
        .replace(/^lxc\.net\.0\.veth\.pair = .*/, "lxc.net.0.veth.pair = fhvraw")
        .replace(/^(lxc\.net\.0\.ipv4\.address = ).*/, "$110.77.255.9/16")
        .replace(/^(lxc\.cgroup2?\.dir\.\w+ = )[^/]+\/[^/]+/, "$1freehold-bench-raw/raw")
        .replace(/^lxc\.uts\.name = .*/, "lxc.uts.name = raw"),
    )
    .join("\n");
  await writeFile(`${place}/config`, text);
  const run = async (): Promise<number> => {
    const began = performance.now();
    const argv = ["-F", "-P", folder, "-n", "raw", "--", "/bin/sleep", "60"];
    // As ours: with newuidmap on PATH, LXC asks it, which needs /etc/subuid and takes longer.
    const child = spawn("/usr/bin/lxc-start", argv, { stdio: "ignore", env: { PATH: "/nonexistent" } });
    await until(() => hasInit("freehold-bench-raw/raw/payload"));
    const took = performance.now() - began;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    for (const pid of processesIn("freehold-bench-raw/raw/payload")) process.kill(pid, "SIGKILL");
    await ended;
    await until(() => !existsSync("/sys/class/net/fhvraw"));
    return took;
  };
  return {
    run,
    [Symbol.asyncDispose]: async () => {
      await host.mounts.unmount(`${place}/rootfs`);
      await until(removedCgroups);
    },
  };
}

function processesIn(folder: string): readonly number[] {
  return globSync(`/sys/fs/cgroup/{pids/,}${folder}/cgroup.procs`).flatMap((file) => {
    try {
      return readFileSync(file, "utf8").split("\n").filter(Boolean).map(Number);
    } catch {
      // The cgroup went away meanwhile.
      return [];
    }
  });
}

function removedCgroups(): boolean {
  try {
    const paths = globSync("/sys/fs/cgroup/{*/,}freehold-bench-raw/{raw/*,raw,}");
    // Children first.
    for (const path of paths.toSorted((a, b) => b.length - a.length)) {
      if (statSync(path).isDirectory()) rmdirSync(path);
    }
    return true;
  } catch {
    // Its last process has not ended quite yet.
    return false;
  }
}

/** Whether an init runs there. Before it does, the process that becomes it is a copy of lxc-start. */
function hasInit(folder: string): boolean {
  return processesIn(folder).some((pid) => {
    try {
      return !readlinkSync(`/proc/${pid}/exe`).endsWith("/lxc-start");
    } catch {
      return false;
    }
  });
}

async function until(holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error("waited 30 s in vain");
    await pause(1);
  }
}

import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

import { packageKind } from "@freehold/apis/package";

import { packed, ServerUnderTest } from "../testing/server-under-test.ts";

const PACKAGES = 10;
const TICKS_PER_SECOND = 100;

/** Idle with ten packages: processor share, memory (PSS) and bytes written. `npm run bench -- idle [SECONDS]`, inside test/envelope.sh. */
export async function bench(): Promise<void> {
  const seconds = Number(process.argv[3] ?? 300);
  await using server = await ServerUnderTest.start();
  const names = Array.from({ length: PACKAGES }, (_, i) => (i === 0 ? "redis" : `radicale-${i}`));
  for (const name of names) await server.apply(name, packed(name.replace(/-\d+$/, "")));
  for (const name of names) await server.ready(packageKind, name, "default");
  await pause(10_000);
  const daemons = { server: server.pids("server")[0] ?? 0, agent: server.pids("agent")[0] ?? 0 };
  const revision = async (): Promise<string> => (await server.client.list(packageKind)).resourceVersion;
  const before = {
    server: usageOf(daemons.server),
    agent: usageOf(daemons.agent),
    revision: await revision(),
  };
  await pause(seconds * 1000);
  const rows = (["server", "agent"] as const).map((name) => {
    const now = usageOf(daemons[name]);
    return {
      name,
      "cpu %": ((now.cpuSeconds - before[name].cpuSeconds) / seconds) * 100,
      "PSS MB": now.pssMb,
      "bytes written": now.writtenBytes - before[name].writtenBytes,
    };
  });
  console.table(rows);
  console.log(`server + agent: ${rows.reduce((sum, row) => sum + row["PSS MB"], 0).toFixed(1)} MB PSS`);
  console.log(`store revision: ${before.revision} → ${await revision()}`);
  const inits = server.inits().map((pid) => usageOf(runtimeOf(pid)).pssMb);
  console.log(`runtimes (node in each container): ${inits.map((mb) => mb.toFixed(1)).join(", ")} MB PSS`);
}

interface Usage {
  readonly cpuSeconds: number;
  readonly pssMb: number;
  readonly writtenBytes: number;
}

function usageOf(pid: number): Usage {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  const pss = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1];
  const written = /^write_bytes: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, "utf8"))?.[1];
  return {
    cpuSeconds: (Number(stat[11]) + Number(stat[12])) / TICKS_PER_SECOND,
    pssMb: Number(pss) / 1024,
    writtenBytes: Number(written),
  };
}

/** The runtime is the first child of init. */
function runtimeOf(init: number): number {
  return Number(readFileSync(`/proc/${init}/task/${init}/children`, "utf8").split(" ")[0] ?? init);
}

import { execFileSync } from "node:child_process";
import { globSync, readFileSync, writeFileSync } from "node:fs";

import { eventKind } from "@freehold/apis/core";
import { packageKind } from "@freehold/apis/package";

import { packed, ServerUnderTest } from "../testing/server-under-test.ts";

export interface DriftRow {
  readonly harm: string;
  readonly repairedMs: number;
  /** The event that tells of it. */
  readonly told: string;
}

/** Harms the machine by hand in each way we know, and sees it repaired and told. */
export async function driftDrill(): Promise<readonly DriftRow[]> {
  await using server = await ServerUnderTest.start();
  await server.apply("redis", packed("redis"));
  await server.ready(packageKind, "redis", "default");
  const volume = `${server.data}/agent/volumes/default/redis-data`;
  const mounted = (): boolean => readFileSync("/proc/self/mountinfo", "utf8").includes(` ${volume} `);
  const pidsFile = globSync(`/sys/fs/cgroup/{pids/,}${server.cgroup}/redis-*/payload/pids.max`)[0] ?? "";
  const [init = 0] = server.inits();
  const bridge = (): string => run("ip", ["-o", "addr", "show", "dev", "fhbr0"]);
  const harms: readonly Harm[] = [
    {
      harm: "stop the container",
      about: /the container was not running/,
      do: () => server.inits().forEach((pid) => process.kill(pid, "SIGKILL")),
      isRepaired: () => server.inits().length === 1 && !server.inits().includes(init),
    },
    {
      harm: "unmount the volume",
      about: /the volume's mount was missing/,
      do: () => run("umount", ["-l", volume]),
      isRepaired: mounted,
    },
    {
      harm: "delete our nftables table",
      about: /nftables table freehold was missing/,
      do: () => run("nft", ["delete", "table", "inet", "freehold"]),
      isRepaired: () => run("nft", ["list", "tables"]).includes("inet freehold"),
    },
    {
      harm: "delete a rule of our table",
      about: /nftables table freehold was changed/,
      do: () => run("nft", ["flush", "chain", "inet", "freehold", "forward"]),
      isRepaired: () => run("nft", ["list", "chain", "inet", "freehold", "forward"]).includes("drop"),
    },
    {
      harm: "remove the bridge",
      about: /bridge fhbr0/,
      do: () => run("ip", ["link", "delete", "fhbr0"]),
      isRepaired: () =>
        bridge().includes("10.77.0.1/16") && globSync("/sys/class/net/fhbr0/brif/fhv*").length === 1,
    },
    {
      harm: "change a limit",
      about: /its limits were/,
      do: () => writeFileSync(pidsFile, "77"),
      isRepaired: () => readFileSync(pidsFile, "utf8").trim() === "4096",
    },
  ];
  const rows: DriftRow[] = [];
  for (const harm of harms) rows.push(await inflict(server, harm));
  return rows;
}

interface Harm {
  readonly harm: string;
  readonly about: RegExp;
  do(): unknown;
  isRepaired(): boolean;
}

async function inflict(server: ServerUnderTest, harm: Harm): Promise<DriftRow> {
  const before = await driftEvents(server, harm.about);
  const began = performance.now();
  harm.do();
  await server.until(`"${harm.harm}" to be repaired`, async () => harm.isRepaired(), 10_000);
  const repairedMs = Math.round(performance.now() - began);
  const told = await server.until(
    `an event about "${harm.harm}"`,
    async () => {
      const now = await driftEvents(server, harm.about);
      return now.total > before.total ? now.message : undefined;
    },
    10_000,
  );
  await server.ready(packageKind, "redis", "default");
  return { harm: harm.harm, repairedMs, told };
}

async function driftEvents(
  server: ServerUnderTest,
  about: RegExp,
): Promise<{ total: number; message: string }> {
  const { items } = await server.client.list(eventKind);
  const found = items.filter(
    ({ reason, message }) => reason === "DriftRepaired" && about.test(message ?? ""),
  );
  const total = found.reduce((sum, { count }) => sum + (count ?? 1), 0);
  return { total, message: found.at(-1)?.message ?? "" };
}

function run(program: string, args: readonly string[]): string {
  try {
    return execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    // What is looked at may be away just now.
    return String(error);
  }
}

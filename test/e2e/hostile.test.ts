import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { packageKind } from "@freehold/apis/package";
import { containerKind } from "@freehold/apis/workload";
import { signingKeyOf } from "@freehold/s9pk";
import { packPackage } from "@freehold/s9pk/pack";
import { afterAll, beforeAll, expect, it } from "vitest";

import { packed, ServerUnderTest } from "../testing/server-under-test.ts";

const SECRET_PATH = "/var/tmp/freehold-hostile-secret";
let server: ServerUnderTest;
let work: string;

beforeAll(async () => {
  server = await ServerUnderTest.start();
  work = await mkdtemp("/var/tmp/freehold-hostile-work-");
  await writeFile(SECRET_PATH, "the-machine-s-own-secret", { mode: 0o644 });
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(work, { recursive: true, force: true });
  await rm(SECRET_PATH, { force: true });
});

it("a hostile package gets through in none of the ways it tries", async () => {
  await server.apply("redis", packed("redis"));
  await server.ready(packageKind, "redis", "default");
  const other = await server.ready(containerKind, "redis", "default");
  const file = join(work, "hostile.s9pk");
  await packPackage(join(import.meta.dirname, "hostile"), {
    key: signingKeyOf(),
    output: file,
    cacheDirectory: join(work, "cache"),
  });
  // Stopped first: the volume is there before its main runs, and tells it whom to attack.
  await server.apply("hostile", file, { running: false, resources: { pids: 200, memory: "256Mi" } });
  await server.ready(packageKind, "hostile", "default");
  const volume = `${server.data}/agent/volumes/default/hostile-main`;
  const target = { bridge: "10.77.0.1", other: other.spec.ipv4, api: server.port };
  await writeFile(join(volume, "target.json"), JSON.stringify(target), { mode: 0o644 });
  await server.client.mergePatch(
    packageKind,
    { name: "hostile", namespace: "default" },
    { spec: { running: true } },
    { name: "test" },
  );
  const report = await server.until(
    "the report",
    async () => {
      const results: unknown = JSON.parse(await readFile(join(volume, "report.json"), "utf8"));
      return new Map(Object.entries(Object(results)).map(([name, result]) => [name, String(result)]));
    },
    120_000,
  );
  const through = [...report].filter(([, result]) => !result.startsWith("refused"));
  console.table([...report].map(([way, result]) => ({ way, result: result.slice(0, 90) })));
  expect(through).toEqual([]);
  expect(report.size).toBeGreaterThanOrEqual(30);
  // The machine and the neighbour go on.
  await server.ready(packageKind, "redis", "default");
  expect(server.pids("agent")).toHaveLength(1);
});

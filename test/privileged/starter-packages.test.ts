import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import { buildRuntimeImage } from "@freehold/runtime/image";
import { afterAll, beforeAll, expect, test } from "vitest";

import { HandMadeAgent, prepareMachine, restoreMachine } from "./testing/hand-made-agent.ts";

// Short, because sockets lie below it and their paths have at most 107 bytes.
const work = mkdtempSync("/tmp/hp-");
// Packed beforehand, because there is no network in here: `manifests/packages/pack.ts .freehold/packages`.
const packages = process.env["FREEHOLD_PACKAGES"] ?? join(import.meta.dirname, "../../.freehold/packages");
const agents = new Map<string, HandMadeAgent>();

async function startPackage(id: string, address: number): Promise<HandMadeAgent> {
  const archive = join(packages, `${id}.s9pk`);
  const runtimeImage = join(work, "runtime.squashfs");
  if (!existsSync(runtimeImage)) await buildRuntimeImage({ output: runtimeImage });
  const addressOf = (packageId: string) => agents.get(packageId)?.ip ?? null;
  const agent = await HandMadeAgent.install({ work, runtimeImage, archive, address, addressOf });
  agents.set(id, agent);
  const startedAt = performance.now();
  const mark = () => (performance.now() - startedAt).toFixed(0);
  await agent.start();
  const up = mark();
  await agent.ask("init", { id: "INIT", kind: "install" });
  const initialised = mark();
  await agent.ask("start");
  await agent.healthy("primary");
  const rollup = readFileSync(`/proc/${agent.runtimePid}/smaps_rollup`, "utf8");
  const pss = /Pss:\s+(\d+) kB/u.exec(rollup)?.[1];
  const own = /Private_Dirty:\s+(\d+) kB/u.exec(rollup)?.[1];
  console.log(
    `${id}: runtime up ${up} ms, init ${initialised} ms, healthy ${mark()} ms, PSS of node ${pss} kB, its own ${own} kB`,
  );
  return agent;
}

beforeAll(() => {
  chmodSync(work, 0o755);
  prepareMachine();
});

afterAll(() => {
  for (const agent of agents.values()) agent.clean();
  restoreMachine();
  rmSync(work, { recursive: true });
});

test("redis and webdis run, and webdis answers HTTP from redis", async () => {
  const redis = await startPackage("redis", 2);
  const webdis = await startPackage("webdis", 3);
  const url = `http://${webdis.ip}:7379`;
  expect(await (await fetch(`${url}/SET/hello/world`)).json()).toEqual({ SET: [true, "OK"] });
  expect(await (await fetch(`${url}/GET/hello`)).json()).toEqual({ GET: "world" });
  expect((await fetch(`${url}/FLUSHALL`)).status).toBe(403);
  expect(webdis.effects.map(([method]) => method)).toContain("get-container-ip");
  await webdis.stop();
  const files = readdirSync(join(redis.root, "media/startos/volumes/data"), { recursive: true });
  expect(files.map(String).some((name) => name.endsWith(".aof"))).toBe(true);
  await redis.stop();
  expect(redis.log).toContain("bye bye");
  expect(redis.effects.at(-1)?.[0]).toBe("subcontainer.destroy-fs");
});

test("radicale serves its page and calendars to who knows the password, and keeps them over a restart", async () => {
  const radicale = await startPackage("radicale", 4);
  const url = `http://${radicale.ip}:5232`;
  const run = { id: "E", procedure: "/actions/credentials/run", input: { input: {} }, timeout: 5000 };
  const found = JSON.stringify(await radicale.ask("execute", run));
  const password = /"value":"([^"]+)"/u.exec(found)?.[1];
  const headers = { Authorization: `Basic ${Buffer.from(`admin:${password}`).toString("base64")}` };
  expect((await fetch(`${url}/admin/`, { method: "PROPFIND" })).status).toBe(401);
  expect((await fetch(`${url}/admin/calendar/`, { method: "MKCALENDAR", headers })).status).toBe(201);
  expect((await fetch(`${url}/.web/`)).status).toBe(200);
  await radicale.ask("stop");
  await radicale.ask("start");
  radicale.health.clear();
  await radicale.healthy("primary");
  expect((await fetch(`${url}/admin/calendar/`, { method: "PROPFIND", headers })).status).toBe(207);
  const startedAt = performance.now();
  await radicale.stop();
  console.log(`radicale: stopped in ${(performance.now() - startedAt).toFixed(0)} ms`);
  const left = execFileSync("find", [join(radicale.root, "media/startos/subcontainers"), "-mindepth", "1"], {
    encoding: "utf8",
  });
  expect(left).toBe("");
});

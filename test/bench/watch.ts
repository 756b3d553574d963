import { readFileSync } from "node:fs";
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from "node:http2";
import { setTimeout as pause } from "node:timers/promises";

import { configMapKind } from "@freehold/apis/core";
import { Client, type ClientConfig, readKubeconfig } from "@freehold/client";

import { build, ServerRun } from "../cli/run-server.ts";
import { processes } from "../testing/server-under-test.ts";
import { percentile } from "./statistics.ts";

const SECONDS = 5;
const PER_SESSION = 100;
const PATH = "/api/v1/namespaces/default/configmaps?watch=true&resourceVersion=";
const BY = { name: "bench" };

interface Load {
  readonly watchers: number;
  /** Changes in a second. */
  readonly rate: number;
}

/** Commit → client of many watchers over HTTP/2 with TLS, and what each costs the server. The clients share the machine with it. */
export async function bench(): Promise<void> {
  build();
  const rows: Record<string, object> = {};
  for (const load of [
    { watchers: 100, rate: 100 },
    { watchers: 1000, rate: 10 },
    { watchers: 1000, rate: 100 },
  ]) {
    rows[`${load.watchers} watchers, ${load.rate}/s`] = await measure(load);
  }
  console.table(rows);
}

async function measure({ watchers, rate }: Load): Promise<object> {
  const server = await ServerRun.start();
  const sessions: ClientHttp2Session[] = [];
  try {
    const config = readKubeconfig(server.kubeconfig);
    using client = new Client(config);
    const draft = { ...configMapKind.draft({ name: "told", namespace: "default" }, undefined), data: {} };
    let current = await client.create(configMapKind, draft, BY);
    const pid = serverPid(server.folder);
    const before = residentOf(pid);
    const sent = new Map<string, number>();
    const delays: number[] = [];
    const from = current.metadata.resourceVersion ?? "0";
    for (let i = 0; i < watchers; i += PER_SESSION) {
      const session = open(config);
      sessions.push(session);
      const count = Math.min(PER_SESSION, watchers - i);
      await Promise.all(Array.from({ length: count }, () => watch(session, from, sent, delays)));
    }
    const perWatcher = (residentOf(pid) - before) / watchers;
    const cpu = cpuOf(pid);
    const changes = rate * SECONDS;
    const began = performance.now();
    for (let i = 0; i < changes; i += 1) {
      current = await client.update(
        configMapKind,
        { ...current, data: { i: String(i), text: "x".repeat(1500) } },
        BY,
      );
      sent.set(current.metadata.resourceVersion ?? "", performance.now());
      await pause(Math.max(0, began + ((i + 1) * 1000) / rate - performance.now()));
    }
    const took = (performance.now() - began) / 1000;
    const expected = changes * watchers;
    for (let waited = 0; delays.length < expected && waited < 300; waited += 1) await pause(100);
    return {
      "p50 ms": percentile(delays, 50).toFixed(1),
      "p99 ms": percentile(delays, 99).toFixed(1),
      "changes/s": (changes / took).toFixed(0),
      "missing events": expected - delays.length,
      "KiB/watcher": (perWatcher / 1024).toFixed(0),
      "server CPU µs/event": (((cpuOf(pid) - cpu) * 1e6) / expected).toFixed(1),
    };
  } finally {
    for (const session of sessions) session.destroy();
    await server.stop();
  }
}

function open({ server, ca, certificate, key }: ClientConfig): ClientHttp2Session {
  return connect(server, { ca, cert: certificate, key, settings: { initialWindowSize: 1 << 20 } });
}

/** Resolves once the watch has begun; keeps the time of each event since its change was acknowledged. */
function watch(
  session: ClientHttp2Session,
  from: string,
  sent: ReadonlyMap<string, number>,
  delays: number[],
): Promise<ClientHttp2Stream> {
  return new Promise((resolve, reject) => {
    const stream = session.request({ ":path": PATH + from });
    stream.once("response", () => resolve(stream));
    stream.once("error", reject);
    let rest = "";
    stream.setEncoding("utf8").on("data", (text: string) => {
      const now = performance.now();
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const [, version = ""] = /"resourceVersion":"(\d+)"/.exec(line) ?? [];
        // An event may overtake the answer to its own write.
        delays.push(Math.max(0, now - (sent.get(version) ?? now)));
      }
    });
  });
}

function serverPid(folder: string): number {
  const [found] = processes().filter(({ args }) => args.includes(` server --data ${folder} `));
  if (!found) throw new Error("the server's process is not there");
  return found.pid;
}

/** Bytes. */
function residentOf(pid: number): number {
  const [, kib = "0"] = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8")) ?? [];
  return Number(kib) * 1024;
}

/** Seconds of user and system time; 100 ticks a second (proc_pid_stat(5), USER_HZ). */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

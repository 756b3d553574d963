import { readFileSync } from "node:fs";
import { type ClientHttp2Session, connect } from "node:http2";

import { configMapKind } from "@freehold/apis/core";
import { type ClientConfig, readKubeconfig } from "@freehold/client";
import { EtcdBackend } from "@freehold/store";

import { build, ServerRun } from "../cli/run-server.ts";
import { EtcdServer } from "../conformance/etcd-server.ts";
import { processes } from "../testing/server-under-test.ts";
import { median, percentile } from "./statistics.ts";

const CROWDS = [1, 16, 64] as const;
const ROUNDS = 3;
const ROUND_MS = 2_000;
const OBJECTS = 10_000;
/** No controller looks at them, so that what is measured is the API alone. */
const PATH = "/api/v1/namespaces/default/configmaps";

/**
 * Durable creates of 2 KiB through the whole API (TLS, identity, rights, validation, field owners, history) against puts of 2 KiB
 * into Debian's etcd, in turns; then reads, and a start with 10,000 objects. The clients share the machine with the servers.
 */
export async function bench(): Promise<void> {
  build();
  await using etcd = await EtcdServer.start();
  await using backend = new EtcdBackend([etcd.url]);
  const server = await ServerRun.start();
  const session = open(readKubeconfig(server.kubeconfig));
  const made = { count: 0 };
  const create = (): Promise<string> => {
    made.count += 1;
    return ask(session, { method: "POST", path: PATH, body: mapText(`a-${made.count}`) });
  };
  let puts = 0;
  const value = Buffer.alloc(2048, "x");
  const put = (): Promise<unknown> =>
    backend.commit([], [{ type: "put", key: `/registry/bench/${(puts += 1)}`, value }]);
  try {
    await crowd(16, create);
    const rows: Record<string, object> = {};
    for (const clients of CROWDS) {
      const api: number[] = [];
      const raw: number[] = [];
      const times: number[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        const done = await crowd(clients, create);
        api.push(done.perSecond);
        times.push(...done.times);
        raw.push((await crowd(clients, put)).perSecond);
      }
      rows[`${clients} clients`] = {
        "creates/s": median(api).toFixed(0),
        "p50 ms": percentile(times, 50).toFixed(1),
        "p99 ms": percentile(times, 99).toFixed(1),
        "etcd puts/s": median(raw).toFixed(0),
        ratio: median(api.map((rate, i) => rate / (raw[i] ?? Number.NaN))).toFixed(2),
      };
    }
    console.table(rows);
    while (made.count < OBJECTS) await Promise.all(Array.from({ length: 64 }, create));
    await reads(session);
    const path = `${PATH}/a-1?fieldManager=bench&force=true`;
    const apply = { method: "PATCH", path, body: mapText("a-1"), type: "application/apply-patch+yaml" };
    const one = median(await times(20, () => ask(session, apply)));
    console.log(`one server-side apply: ${one.toFixed(1)} ms`);
  } finally {
    session.destroy();
  }
  await coldStart(server);
}

async function reads(session: ClientHttp2Session): Promise<void> {
  const get = (path: string, accept?: string): Promise<string> =>
    ask(session, { method: "GET", path, ...(accept !== undefined && { accept }) });
  const gets = await crowd(16, () => get(`${PATH}/a-7`));
  const list = await times(7, () => get(`${PATH}?limit=1000`));
  const asTable = "application/json;as=Table;v=v1;g=meta.k8s.io";
  const table = await times(7, () => get(`${PATH}?limit=1000`, asTable));
  console.table({
    GET: {
      "per second": gets.perSecond.toFixed(0),
      "p50 ms": percentile(gets.times, 50).toFixed(1),
      "p99 ms": percentile(gets.times, 99).toFixed(1),
    },
    "LIST of 1,000": { "p50 ms": median(list).toFixed(1) },
    "Table of 1,000": { "p50 ms": median(table).toFixed(1) },
  });
}

async function coldStart(server: ServerRun): Promise<void> {
  const memory = pssOf(server.folder);
  const took = await server.restart();
  console.log(
    `memory of the server with ${OBJECTS} ConfigMaps and their history: ${memory.toFixed(0)} MB PSS, ${pssOf(server.folder).toFixed(0)} MB after a new start`,
  );
  console.log(`cold start with them: ${took.toFixed(0)} ms to the first answer`);
  await server.stop();
}

async function crowd(
  clients: number,
  work: () => Promise<unknown>,
): Promise<{ perSecond: number; times: number[] }> {
  const taken: number[] = [];
  const began = performance.now();
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (performance.now() - began < ROUND_MS) taken.push(await timed(work));
    }),
  );
  return { perSecond: (taken.length * 1000) / (performance.now() - began), times: taken };
}

async function times(count: number, work: () => Promise<unknown>): Promise<readonly number[]> {
  const taken: number[] = [];
  for (let i = 0; i < count; i += 1) taken.push(await timed(work));
  return taken;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

function open({ server, ca, certificate, key }: ClientConfig): ClientHttp2Session {
  return connect(server, { ca, cert: certificate, key, settings: { initialWindowSize: 1 << 24 } });
}

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body?: string;
  readonly type?: string;
  readonly accept?: string;
}

/** The body of a successful answer. */
function ask(session: ClientHttp2Session, asked: Asked): Promise<string> {
  const { method, path, body, type = "application/json", accept = "application/json" } = asked;
  return new Promise((resolve, reject) => {
    const stream = session.request({ ":method": method, ":path": path, "content-type": type, accept });
    let status = 0;
    let text = "";
    stream.once("response", (headers) => (status = headers[":status"] ?? 0));
    stream.setEncoding("utf8").on("data", (piece: string) => (text += piece));
    stream.once("end", () => (status < 300 ? resolve(text) : reject(new Error(`${status}: ${text}`))));
    stream.once("error", reject);
    stream.end(body);
  });
}

function mapText(name: string): string {
  const annotations = Object.fromEntries(
    Array.from({ length: 16 }, (_, i) => [`example.com/note-${i}`, "x".repeat(90)]),
  );
  const { apiVersion, kind } = configMapKind;
  return JSON.stringify({ apiVersion, kind, metadata: { name, annotations }, data: { text: name } });
}

/** MB. */
function pssOf(folder: string): number {
  const [found] = processes().filter(({ args }) => args.includes(` server --data ${folder} `));
  const text = readFileSync(`/proc/${found?.pid ?? 0}/smaps_rollup`, "utf8");
  const [, kib = "0"] = /^Pss:\s+(\d+)/m.exec(text) ?? [];
  return Number(kib) / 1024;
}

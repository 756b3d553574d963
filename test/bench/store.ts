import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type Backend, EmbeddedBackend, EtcdBackend } from "@freehold/store";

import { EtcdServer } from "../conformance/etcd-server.ts";

const VALUE = new Uint8Array(2048).fill(120);
const CROWDS = [1, 16, 64] as const;
const ROUNDS = 5;
const ROUND_MS = 1_500;

interface Round {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Durable compare-and-set writes of 2 KiB: the embedded store against Debian's etcd, in turns, beside what the disk alone does. */
export async function bench(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "freehold-bench-"));
  try {
    await using server = await EtcdServer.start();
    await using embedded = await EmbeddedBackend.open(join(folder, "store.db"));
    await using etcd = new EtcdBackend([server.url]);
    for (const backend of [embedded, etcd]) await round(backend, 16);
    for (const writers of CROWDS) await compare({ embedded, etcd, writers, folder });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function compare(given: {
  embedded: Backend;
  etcd: Backend;
  writers: number;
  folder: string;
}): Promise<void> {
  const rounds: { embedded: Round[]; etcd: Round[]; floor: Round[] } = { embedded: [], etcd: [], floor: [] };
  for (let i = 0; i < ROUNDS; i += 1) {
    rounds.embedded.push(await round(given.embedded, given.writers));
    rounds.etcd.push(await round(given.etcd, given.writers));
    rounds.floor.push(appendAndSync(join(given.folder, "floor"), given.writers));
  }
  console.log(`${given.writers} writer(s), median of ${ROUNDS} rounds of ${ROUND_MS} ms in turns`);
  console.table(Object.fromEntries(Object.entries(rounds).map(([name, of]) => [name, medianRound(of)])));
  const ratios = rounds.embedded.map(({ perSecond }, i) => perSecond / (rounds.etcd[i]?.perSecond ?? NaN));
  console.log(`embedded / etcd: ${median(ratios).toFixed(2)} (least ${Math.min(...ratios).toFixed(2)})\n`);
}

/** Each writer has a key of its own and waits for each write before the next. */
async function round(backend: Backend, writers: number): Promise<Round> {
  const times: number[] = [];
  const began = performance.now();
  const end = began + ROUND_MS;
  await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      const key = `/registry/bench/default/${writer}`;
      let modRevision = (await backend.get(key))?.modRevision ?? 0;
      for (let now = performance.now(); now < end;) {
        modRevision = await backend.commit([{ key, modRevision }], [{ type: "put", key, value: VALUE }]);
        const done = performance.now();
        times.push(done - now);
        now = done;
      }
    }),
  );
  return summary(times, performance.now() - began, 1);
}

/** What no store can beat: as many values as there are writers appended together, then fdatasync(2). */
function appendAndSync(file: string, writers: number): Round {
  const times: number[] = [];
  const descriptor = openSync(file, "w");
  const group = Buffer.concat(Array<Uint8Array>(writers).fill(VALUE));
  const began = performance.now();
  for (let now = began; now < began + ROUND_MS;) {
    writeSync(descriptor, group);
    fdatasyncSync(descriptor);
    const done = performance.now();
    times.push(done - now);
    now = done;
  }
  const elapsed = performance.now() - began;
  closeSync(descriptor);
  return summary(times, elapsed, writers);
}

function summary(times: number[], elapsedMs: number, valuesEach: number): Round {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? NaN;
  return { perSecond: (times.length * valuesEach * 1000) / elapsedMs, p50Ms: at(0.5), p99Ms: at(0.99) };
}

function medianRound(rounds: readonly Round[]): Record<string, number> {
  const of = (pick: (round: Round) => number): number => median(rounds.map(pick));
  return {
    "puts/s": Math.round(of(({ perSecond }) => perSecond)),
    "p50 ms": Number(of(({ p50Ms }) => p50Ms).toFixed(2)),
    "p99 ms": Number(of(({ p99Ms }) => p99Ms).toFixed(2)),
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { EmbeddedBackend } from "@freehold/store";

const OBJECTS = 10_000;
const VERSIONS = 3;
const VALUE_BYTES = 2048;

/** Start, compaction and memory of an embedded store of 10,000 objects of 2 KiB, and how long the event loop stood still meanwhile. */
export async function bench(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "freehold-bench-"));
  const file = join(folder, "store.db");
  try {
    // In a process of its own, so that its garbage is not counted.
    const self = fileURLToPath(import.meta.url);
    execFileSync(process.execPath, ["--conditions=@freehold/source", self, file], { stdio: "inherit" });
    const before = memoryMb();
    const opened = await watched(() => EmbeddedBackend.open(file));
    await using backend = opened.result;
    const withHistory = memoryMb() - before;
    const line = await backend.revision();
    const compacted = await watched(() => backend.compact(line));
    const listed = await watched(() => backend.range("/registry/"));
    console.table({
      [`start with ${OBJECTS} objects, ${VERSIONS} versions each`]: opened.figures,
      "compaction to one version": compacted.figures,
      "list of everything": listed.figures,
    });
    console.log(
      `memory: ${withHistory.toFixed(0)} MB with history, ${(memoryMb() - before).toFixed(0)} MB after compaction`,
    );
    console.log(
      `(the values of all objects alone: ${(OBJECTS * VALUE_BYTES) / 1e6} MB); file: ${statSync(file).size / 1e6} MB`,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function fill(file: string): Promise<void> {
  await using backend = await EmbeddedBackend.open(file);
  for (let version = 0; version < VERSIONS; version += 1) {
    const commits = Array.from({ length: OBJECTS }, (_, i) => {
      const value = Buffer.alloc(VALUE_BYTES, `${version} ${i} `);
      return backend.commit([], [{ type: "put", key: `/registry/bench/default/object-${i}`, value }]);
    });
    await Promise.all(commits);
  }
}

/** Runs something while a timer that wants to fire each millisecond notices how long it could not. */
async function watched<T>(
  work: () => Promise<T>,
): Promise<{ result: T; figures: { "took ms": number; "longest block ms": number } }> {
  let last = performance.now();
  let longest = 0;
  const look = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  };
  const timer = setInterval(look, 1);
  const began = performance.now();
  const result = await work();
  look();
  clearInterval(timer);
  const took = performance.now() - began;
  return { result, figures: { "took ms": Math.round(took), "longest block ms": Number(longest.toFixed(1)) } };
}

function memoryMb(): number {
  globalThis.gc?.();
  return process.memoryUsage.rss() / 1e6;
}

const [, program, file] = process.argv;
if (program === fileURLToPath(import.meta.url) && file !== undefined) await fill(file);

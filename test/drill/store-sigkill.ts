import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { EmbeddedBackend } from "@freehold/store";

export interface DrillReport {
  readonly kills: number;
  readonly acknowledged: number;
  /** Acknowledged writes that were gone, or older than acknowledged. */
  readonly lost: number;
  /** Transactions of which only a part was there. */
  readonly torn: number;
  /** Times the revision was below an acknowledged one. */
  readonly backwards: number;
}

interface Heard {
  /** For each writer the last number and revision it was told of. */
  readonly last: Map<number, { number: number; revision: number }>;
  count: number;
}

/** The longest a child may write before it is killed, in milliseconds. */
const LONGEST_LIFE_MS = 120;

/**
 * Kills a writing process again and again at random moments (SIGKILL), and looks after each kill whether the store kept its promises.
 * Throws StoreError when the store does not open.
 */
export async function drillSigkill(kills: number, random: () => number = Math.random): Promise<DrillReport> {
  const folder = mkdtempSync(join(tmpdir(), "freehold-drill-"));
  const file = join(folder, "store.db");
  const heard: Heard = { last: new Map(), count: 0 };
  const found = { lost: 0, torn: 0, backwards: 0 };
  try {
    for (let i = 0; i < kills; i += 1) {
      await liveAndDie(file, heard, random() * LONGEST_LIFE_MS);
      const now = await inspect(file, heard);
      found.lost += now.lost;
      found.torn += now.torn;
      found.backwards += now.backwards;
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return { kills, acknowledged: heard.count, ...found };
}

async function liveAndDie(file: string, heard: Heard, lifeMs: number): Promise<void> {
  const next = Math.max(-1, ...[...heard.last.values()].map(({ number }) => number)) + 1;
  const program = fileURLToPath(new URL("./store-child.ts", import.meta.url));
  const child = spawn(process.execPath, ["--conditions=@freehold/source", program, file, String(next)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  for await (const line of createInterface(child.stdout)) {
    // Some die while they open, some at once, some later.
    if (line === "open") setTimeout(() => child.kill("SIGKILL"), lifeMs);
    else hear(line, heard);
  }
  const [code] = await ended;
  if (code !== null) throw new Error(`Cannot drill: the writer ended by itself with ${code}`);
}

function hear(line: string, heard: Heard): void {
  const match = /^(\d+) (\d+) (\d+)$/.exec(line);
  // Only the last line may be cut off, and a line that was not finished was not acknowledged.
  if (!match) return;
  heard.count += 1;
  heard.last.set(Number(match[1]), { number: Number(match[2]), revision: Number(match[3]) });
}

/** Opening checks every row; here it is compared with what was acknowledged. */
async function inspect(file: string, heard: Heard): Promise<Omit<DrillReport, "kills" | "acknowledged">> {
  await using backend = await EmbeddedBackend.open(file);
  const { entries, revision } = await backend.range("/drill/");
  const stored = new Map(
    entries.map(({ key, value }) => [key, Number.parseInt(Buffer.from(value).toString(), 10)]),
  );
  const result = { lost: 0, torn: 0, backwards: 0 };
  for (const [writer, acknowledged] of heard.last) {
    const key = `/drill/${writer}`;
    const number = stored.get(key) ?? -1;
    if (number < acknowledged.number) result.lost += 1;
    const even = number % 2 === 0 ? number : undefined;
    if (stored.get(`${key}/twin`) !== number || stored.get(`${key}/even`) !== even) result.torn += 1;
    if (revision < acknowledged.revision) result.backwards += 1;
  }
  return result;
}

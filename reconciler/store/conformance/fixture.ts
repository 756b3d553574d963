import { randomUUID } from "node:crypto";

import { test } from "vitest";

import type { Backend, Batch, Entry } from "../backend.ts";

export interface StoreUnderTest {
  readonly name: string;
  /** A store nobody else writes to; the same one may be opened again and again. */
  open(): Promise<Backend>;
  /** Names of cases this store does not pass, each with the reason. */
  readonly exempt?: Readonly<Record<string, string>>;
  /** How many random histories are played. */
  readonly modelRuns: number;
  /** Batches its watchers may be behind, for the test of a slow consumer. */
  readonly maxBacklog: number;
}

/** What a case works with: a store, and a prefix no other case has. */
export interface Given {
  readonly backend: Backend;
  readonly prefix: string;
  readonly store: StoreUnderTest;
}

/** Registers cases, and sees to it that exemptions name cases that exist. */
export class Fixture {
  readonly store: StoreUnderTest;
  readonly #names = new Set<string>();

  constructor(store: StoreUnderTest) {
    this.store = store;
  }

  readonly check = (name: string, body: (given: Given) => Promise<void>): void => {
    this.#names.add(name);
    if (this.store.exempt?.[name] !== undefined) return;
    test(name, async () => {
      await using backend = await this.store.open();
      await body({ backend, prefix: `/test/${randomUUID()}/`, store: this.store });
    });
  };

  finish(): void {
    const unknown = Object.keys(this.store.exempt ?? {}).filter((name) => !this.#names.has(name));
    if (unknown.length > 0) throw new Error(`Cannot exempt ${JSON.stringify(unknown)}: no such case`);
  }
}

export function bytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text));
}

export function text(entry: Entry | undefined): string | undefined {
  return entry && Buffer.from(entry.value).toString();
}

export function put(key: string, value: string) {
  return { type: "put", key, value: bytes(value) } as const;
}

export function remove(key: string) {
  return { type: "delete", key } as const;
}

/** Follows a watch until it has told as many changes as wanted, and ends it; `onFirst` says that it runs. Batches that only tell progress are left out. */
export async function take(
  backend: Backend,
  {
    prefix,
    after,
    changes,
    onFirst,
  }: { prefix: string; after: number; changes: number; onFirst?: () => void },
): Promise<Batch[]> {
  const stop = new AbortController();
  const batches: Batch[] = [];
  let seen = 0;
  for await (const batch of backend.watch(prefix, after, stop.signal)) {
    if (batch.changes.length === 0) continue;
    if (batches.length === 0) onFirst?.();
    batches.push(batch);
    seen += batch.changes.length;
    if (seen >= changes) stop.abort();
  }
  return batches;
}

/** A change as one line: `12 put /a=value (was old)`. */
export function lines(batches: readonly Batch[], prefix = ""): string[] {
  return batches.flatMap(({ revision, changes }) =>
    changes.map((change) => {
      const key = (change.type === "put" ? change.entry.key : change.key).slice(prefix.length);
      const was = change.previous ? ` (was ${text(change.previous)})` : "";
      return change.type === "put"
        ? `${revision} put ${key}=${text(change.entry)}${was}`
        : `${revision} delete ${key}${was}`;
    }),
  );
}

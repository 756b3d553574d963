import { array, assert, asyncProperty, constantFrom, integer, oneof, record, constant } from "fast-check";
import type { Arbitrary } from "fast-check";
import { expect } from "vitest";

import type { Backend, Compare, Write } from "../backend.ts";
import { isStoreError } from "../errors.ts";
import { type Fixture, lines, put, remove, take, text } from "./fixture.ts";

const NAMES = ["a", "a/b", "b", "c"] as const;

type Operation =
  | {
      readonly do: "commit";
      readonly writes: readonly { readonly name: string; readonly value: string | null }[];
      /** Compared with its real revision plus this: 0 holds. */
      readonly compare: { readonly name: string; readonly off: number } | null;
    }
  | { readonly do: "compact" | "read-at"; readonly back: number };

const operations: Arbitrary<Operation[]> = array(
  oneof(
    {
      weight: 6,
      arbitrary: record({
        do: constant("commit" as const),
        writes: array(record({ name: constantFrom(...NAMES), value: constantFrom("x", "y", "", null) }), {
          maxLength: 3,
        }),
        compare: oneof(constant(null), record({ name: constantFrom(...NAMES), off: constantFrom(0, 0, 1) })),
      }),
    },
    {
      weight: 1,
      arbitrary: record({ do: constantFrom("compact", "read-at"), back: integer({ min: 0, max: 6 }) }),
    },
  ),
  { maxLength: 25 },
);

/** The simplest thing that keeps the promises: the whole state copied for each revision. */
class Model {
  readonly states = new Map<number, ReadonlyMap<string, { value: string; mod: number }>>();
  readonly log: { revision: number; line: string }[] = [];
  revision: number;
  compacted: number;

  constructor(revision: number) {
    this.revision = revision;
    this.compacted = 0;
    this.states.set(revision, new Map());
  }

  get state(): ReadonlyMap<string, { value: string; mod: number }> {
    return this.states.get(this.revision) ?? new Map();
  }

  /** The outcome as one word or number. */
  commit({ writes, compare }: Operation & { do: "commit" }): string | number {
    if (new Set(writes.map(({ name }) => name)).size !== writes.length) return "twice";
    if (compare && compare.off !== 0) return "Conflict";
    const next = new Map(this.state);
    const told: string[] = [];
    const revision = this.revision + 1;
    for (const { name, value } of writes) {
      const old = next.get(name);
      const was = old ? ` (was ${old.value})` : "";
      if (value !== null) next.set(name, { value, mod: revision });
      if (value === null && !next.delete(name)) continue;
      told.push(
        value === null ? `${revision} delete ${name}${was}` : `${revision} put ${name}=${value}${was}`,
      );
    }
    if (told.length === 0) return this.revision;
    this.revision = revision;
    this.states.set(revision, next);
    this.log.push(...told.toSorted().map((line) => ({ revision, line })));
    return revision;
  }
}

async function outcomeOf(work: Promise<number>): Promise<string | number> {
  try {
    return await work;
  } catch (error) {
    if (isStoreError(error)) return error.code;
    if (error instanceof Error && error.message.includes("twice")) return "twice";
    throw error;
  }
}

async function perform(operation: Operation, { backend, prefix, model }: Play): Promise<void> {
  if (operation.do === "commit") {
    const { writes, compare } = operation;
    const compares: Compare[] = compare
      ? [{ key: prefix + compare.name, modRevision: (model.state.get(compare.name)?.mod ?? 0) + compare.off }]
      : [];
    const given = writes.map(({ name, value }): Write =>
      value === null ? remove(prefix + name) : put(prefix + name, value),
    );
    expect(await outcomeOf(backend.commit(compares, given))).toBe(model.commit(operation));
    return;
  }
  const revision = Math.max(model.revision - operation.back, Math.min(...model.states.keys()));
  if (operation.do === "compact") {
    await backend.compact(revision);
    model.compacted = Math.max(model.compacted, revision);
  } else if (revision < model.compacted) {
    await expect(backend.range(prefix, { at: revision })).rejects.toMatchObject({ code: "Compacted" });
  } else {
    await expectState({ backend, prefix, model }, revision);
  }
}

interface Play {
  readonly backend: Backend;
  readonly prefix: string;
  readonly model: Model;
}

async function expectState({ backend, prefix, model }: Play, revision: number): Promise<void> {
  const { entries } = await backend.range(prefix, { at: revision });
  const found = entries.map((entry) => [entry.key.slice(prefix.length), text(entry), entry.modRevision]);
  const wanted = [...(model.states.get(revision) ?? [])].map(([name, { value, mod }]) => [name, value, mod]);
  expect(found).toEqual(wanted.toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1)));
}

export function modelCases({ check, store }: Pick<Fixture, "check" | "store">): void {
  check("any history reads, watches and compacts as the model does", async ({ backend, prefix }) => {
    let run = 0;
    const play = asyncProperty(operations, async (history) => {
      run += 1;
      const place = `${prefix}${run}/`;
      const model = new Model(await backend.revision());
      const start = model.revision;
      for (const operation of history) await perform(operation, { backend, prefix: place, model });
      for (const revision of model.states.keys()) {
        if (revision >= model.compacted) await expectState({ backend, prefix: place, model }, revision);
      }
      const after = Math.max(start, model.compacted);
      const wanted = model.log.filter(({ revision }) => revision > after).map(({ line }) => line);
      if (wanted.length === 0) return;
      const seen = await take(backend, { prefix: place, after, changes: wanted.length });
      expect(seen.flatMap((batch) => lines([batch], place).toSorted())).toEqual(wanted);
    });
    await assert(play, { numRuns: store.modelRuns });
  });
}

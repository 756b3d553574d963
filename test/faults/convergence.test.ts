import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { MachineFixture } from "./machine-fixture.ts";
import { type Subject, subjects } from "./subjects.ts";

const RUNS = { numRuns: 200 };
const when = fc.constantFrom("before" as const, "after" as const);

async function ready(
  subject: Subject,
  options: { readonly lateness?: number; readonly sweep?: boolean } = {},
): Promise<MachineFixture> {
  const f = new MachineFixture(options);
  await f.start();
  await subject.prepare(f);
  await f.converge();
  return f;
}

const make = async (f: MachineFixture, { kind, object }: Subject): Promise<void> => {
  const { name, namespace } = object.metadata;
  await f.create(kind, name, object.spec, namespace);
};

/** What is on the machine that was not there before, and is not to stay by decision. */
function leftOf(f: MachineFixture, before: ReadonlySet<string>, { keeps }: Subject): readonly string[] {
  return f.inventory().filter((line) => !before.has(line) && !PARENTS.test(line) && !keeps?.includes(line));
}

/** Folders that hold other things of the same sort, and what the fake remembers of images; they stay when the last one goes. */
const PARENTS =
  /^directories \/(data(\/(volumes|images|containers|trash|runtime|data-versions)(\/default)?)?)?$|^directories image:/;

describe.each(subjects)("$name", (subject) => {
  it(
    "becomes Ready from any world, interrupted at any mutations, and then stays quiet",
    { timeout: 120_000 },
    async () => {
      const faults = fc.array(fc.record({ at: fc.integer({ min: 1, max: 30 }), when }), { maxLength: 3 });
      const harms = fc.array(fc.nat({ max: subject.harms.length - 1 }), { maxLength: 3 });
      await fc.assert(
        fc.asyncProperty(faults, harms, harms, fc.nat({ max: 3 }), async (faults, first, later, lateness) => {
          await using f = await ready(subject, { lateness });
          for (const harm of first) await subject.harms[harm]?.(f);
          f.arm(...faults);
          await make(f, subject);
          await f.converge();
          f.arm();
          for (const harm of later) {
            await subject.harms[harm]?.(f);
            await f.converge();
          }
          expect([f.problems(), f.bugs]).toEqual([[], []]);
          expect(await subject.fact(f)).toEqual(subject.wanted);
          f.arm();
          const { writes } = f.store;
          await f.clock.advance(1_300_000);
          expect([f.changes, f.store.writes - writes]).toEqual([0, 0]);
        }),
        RUNS,
      );
    },
  );

  it("edited at any moment and deleted at any later one, leaves nothing", { timeout: 120_000 }, async () => {
    const moment = fc.integer({ min: 1, max: 25 });
    await fc.assert(
      fc.asyncProperty(
        moment,
        moment,
        fc.option(fc.record({ at: moment, when })),
        async (edit, more, fault) => {
          // Without the sweep, which would hide what deletion forgets.
          await using f = await ready(subject, { sweep: false });
          const before = new Set(f.inventory());
          const { kind, object } = subject;
          let gone: Promise<void> = Promise.resolve();
          f.arm(
            { at: edit, when: "never", run: () => void f.edit(kind, object, subject.edited) },
            { at: edit + more, when: "never", run: () => void (gone = f.delete(kind, object)) },
            ...(fault ? [fault] : []),
          );
          await make(f, subject);
          await f.converge();
          await gone;
          await f.delete(kind, object);
          await f.converge();
          const left = leftOf(f, before, subject);
          expect([left, f.bugs]).toEqual([[], []]);
          expect(await f.store.get(kind, object.metadata.name, object.metadata.namespace)).toBeUndefined();
        },
      ),
      RUNS,
    );
  });

  it("taken away without its finalizer's leave, leaves nothing after the next resync", async () => {
    await using f = await ready(subject);
    const before = new Set(f.inventory());
    const { kind, object } = subject;
    await make(f, subject);
    await f.converge();
    f.store.lose(kind, object.metadata.name, object.metadata.namespace);
    await f.clock.advance(700_000);
    await f.converge();
    const left = leftOf(f, before, subject);
    // Volumes hold people's data, and a bridge or a table is the machine's only one: these wait for the object to come back.
    const swept = subject.name === "workload.container" || subject.name === "package.archive";
    expect(swept ? left : []).toEqual([]);
  });
});

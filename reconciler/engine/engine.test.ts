// Rules of reconciling (style, section 2) and the tests that hold them; W is work-queue.test.ts, K kind-cache.test.ts, F test/faults.
//
// R1  level-triggered         W "runs a key once when it was added many times before"; "reads the newest wish …"
// R2  idempotent and quiet    "makes neither step nor write when all is as wished"; F
// R3  one writer              ownership-table.test.ts
// R4  declared inputs         ownership-table.test.ts
// R5  spec wish, status seen  "writes status only; the spec stays the people's"
// R6  generations             "says of which generation it speaks"
// R7  conditions              "says Progressing, then Ready …"; conditions.test.ts
// R8  claim before touch      "takes its finalizer before the first step …"
// R9  absent is a goal        "makes it absent before it lets the object go"
// R10 names from identity     controllers: "… deleted at any moment …" in F
// R11 compare what you manage controllers: plan tests of limits and rules
// R12 believe the world       "says Ready only of what it saw after the last step"
// R13 queue                   W
// R14 waiting is no failure   "waits without failing, and looks again when told to"
// R15 resync is a net         "finds at the resync what nobody announced"
// R16 drift is an event       "tells of drift …" and three tests of what is none
// R17 stale cache             "never acts on a view from before its own write"; K "ends as the store is …"
// R18 torn down, siblings     "never adds a finalizer to what is being torn down"; "goes on with siblings of one that fails"
// R19 never came to be        "lets an object go that never came to be"
// R20 owners                  transform-once.test.ts
// R21 events                  event-recorder.test.ts
// R22 leader                  image/daemon/run-elected.test.ts, test/conformance/two-servers.test.ts
// R23 coalesced triggers      "looks once when the machine says many things at once"
// R24 graph                   "draws its graph"
// R25 faults                  F
import { describe, expect, it } from "vitest";

import { toPlan } from "./contracts.ts";
import { graphToDot } from "./graph.ts";
import { BY, EngineFixture } from "./testing/engine-fixture.ts";
import { staleStore, turn } from "./testing/index.ts";
import { type LampStep, lampKind, lampRealizer } from "./testing/toy.ts";

async function lit(realizer = lampRealizer): Promise<EngineFixture> {
  const f = new EngineFixture();
  f.engine.addRealizer(realizer, f.room);
  await f.engine.start();
  await f.create("a");
  await f.settle();
  return f;
}

const conditionsOf = async (f: EngineFixture, name = "a"): Promise<string> =>
  ((await f.lamp(name)).status?.conditions ?? [])
    .map(
      ({ type, status, reason, message }) =>
        `${type}=${status} ${reason}${message === "" ? "" : `: ${message}`}`,
    )
    .join(", ");

const reasonsOf = async (f: EngineFixture): Promise<readonly string[]> =>
  (await f.events()).map(({ reason, message }) => `${reason}: ${message}`);

describe("Engine", () => {
  it("takes its finalizer before the first step, and says Ready after the last", async () => {
    await using f = new EngineFixture();
    let finalizers: readonly string[] | undefined;
    f.room.during = async () => void (finalizers ??= (await f.lamp("a")).metadata.finalizers);
    f.engine.addRealizer(lampRealizer, f.room);
    await f.engine.start();
    await f.create("a");
    await f.settle();
    expect(finalizers).toEqual(["freehold.dev/test.lamp"]);
    expect(f.room.log).toEqual(["screw-in", "set"]);
    expect(await conditionsOf(f)).toBe("Ready=True Ready");
    expect(await f.problems()).toEqual([]);
  });

  it("makes neither step nor write when all is as wished", async () => {
    await using f = await lit();
    const { writes } = f.store;
    await f.clock.advance(1_500_000);
    expect([f.store.writes, f.room.log]).toEqual([writes, ["screw-in", "set"]]);
  });

  it("reads the newest wish, also when it comes in the middle of a pass", async () => {
    await using f = new EngineFixture();
    f.engine.addRealizer(lampRealizer, f.room);
    f.room.during = async ({ do: what }) => {
      if (what === "screw-in") await f.edit("a", 9);
      await turn();
    };
    await f.engine.start();
    await f.create("a");
    await f.settle();
    expect([f.room.log, f.room.lamps.get("a")]).toEqual([["screw-in", "set"], 9]);
  });

  it("writes status only; the spec stays the people's", async () => {
    await using f = await lit();
    const { spec, status, metadata } = await f.lamp("a");
    expect([spec, status?.seen, metadata.generation]).toEqual([{ brightness: 5 }, 5, 1]);
  });

  it("says of which generation it speaks", async () => {
    await using f = await lit();
    await f.edit("a", 7);
    await f.settle();
    const { status } = await f.lamp("a");
    expect([status?.observedGeneration, status?.conditions?.[0]?.observedGeneration, status?.seen]).toEqual([
      2, 2, 7,
    ]);
  });

  it("makes it absent before it lets the object go", async () => {
    await using f = await lit();
    await f.delete("a");
    await f.settle();
    expect([f.room.lamps.size, f.store.objects.has("Lamp.test.freehold.dev default/a")]).toEqual([0, false]);
  });

  it("lets an object go that never came to be", async () => {
    await using f = new EngineFixture();
    f.engine.addRealizer(lampRealizer, f.room);
    await f.engine.start();
    await f.create("a", -1);
    await f.settle();
    await f.delete("a");
    await f.settle();
    expect([f.room.log, f.store.objects.size]).toEqual([[], 0]);
  });

  it("says Ready only of what it saw after the last step", async () => {
    await using f = new EngineFixture();
    const liar = { ...lampRealizer, apply: async () => void f.room.log.push("nothing") };
    f.engine.addRealizer(liar, f.room);
    await f.engine.start();
    await f.create("a");
    await f.settle();
    expect(await conditionsOf(f)).toContain("Reconciling=True Retrying: screw-in: nothing changed by it");
    expect(f.room.log).toEqual(["nothing"]);
    await f.clock.advance(1000);
    expect(await conditionsOf(f)).toContain("Stalled=True StepFailed");
  });

  it("takes all steps of a plan before it looks again, up to the first that fails", async () => {
    await using f = new EngineFixture();
    const looks: number[] = [];
    let fails = true;
    f.engine.addRealizer(
      {
        ...lampRealizer,
        observe: async (lamp, room, world) => {
          looks.push(room.log.length);
          return lampRealizer.observe(lamp, room, world);
        },
        plan: (goal, observed) => {
          const plan = lampRealizer.plan(goal, observed);
          if (observed.brightness !== undefined) return plan;
          const { name } = observed;
          return toPlan([
            { do: "screw-in", name },
            { do: "set", name, to: 3 },
            { do: "set", name, to: 5 },
          ]);
        },
      },
      f.room,
    );
    f.room.during = async (step) => {
      if (fails && step.do === "set" && step.to === 3) throw new Error("the thread is worn");
    };
    await f.engine.start();
    await f.create("a");
    await f.settle();
    expect([f.room.log, looks]).toEqual([
      ["screw-in", "set"],
      [0, 2],
    ]);
    // What came of the steps before the failure is told.
    expect((await f.lamp("a")).status?.seen).toBe(0);
    fails = false;
    await f.clock.advance(1000);
    expect([f.room.lamps.get("a"), looks.slice(2)]).toEqual([5, [2, 3]]);
    expect(await conditionsOf(f)).toBe("Ready=True Ready");
  });

  it("tells what the last steps brought about while the next ones run", async () => {
    await using f = new EngineFixture();
    let status: object | undefined;
    f.room.during = async ({ do: what }) => {
      if (what !== "set") return;
      await turn();
      status = (await f.lamp("a")).status;
    };
    f.engine.addRealizer(lampRealizer, f.room);
    await f.engine.start();
    await f.create("a");
    await f.settle();
    expect(status).toMatchObject({ seen: 0, conditions: [{ status: "False" }, { type: "Reconciling" }] });
    expect(await conditionsOf(f)).toBe("Ready=True Ready");
  });

  it("waits without failing, and looks again when told to", async () => {
    await using f = new EngineFixture();
    f.engine.addRealizer(lampRealizer, f.room);
    await f.engine.start();
    await f.create("a", -1);
    await f.settle();
    expect(await conditionsOf(f)).toBe(
      "Ready=False NoPlug: it has no plug, Reconciling=True NoPlug: it has no plug",
    );
    expect(await f.problems()).toEqual([]);
    const { writes } = f.store;
    await f.clock.advance(10_000);
    expect([f.store.writes, await f.events()]).toEqual([writes, []]);
  });

  it("finds at the resync what nobody announced", async () => {
    await using f = await lit();
    f.room.lamps.set("a", 1);
    await f.clock.advance(600_000 * 1.2);
    await f.settle();
    expect(f.room.lamps.get("a")).toBe(5);
  });

  it("tells of drift by the facts found, when nothing new was wished", async () => {
    await using f = await lit();
    f.room.lamps.delete("a");
    await f.clock.advance(700_000);
    await f.settle();
    expect(await reasonsOf(f)).toContain("DriftRepaired: Found and repaired: needed screw-in");
    expect(f.room.lamps.get("a")).toBe(5);
  });

  it("calls it no drift when the spec changed", async () => {
    await using f = await lit();
    await f.edit("a", 6);
    await f.settle();
    expect(await reasonsOf(f)).toEqual(["Ready: Ready"]);
  });

  it("calls it no drift when something it reads changed", async () => {
    await using f = await lit();
    await f.plug("a", 2);
    await f.settle();
    expect([f.room.lamps.get("a"), await reasonsOf(f)]).toEqual([10, ["Ready: Ready"]]);
  });

  it("calls it no drift what its own step brought about", async () => {
    const quiet = {
      ...lampRealizer,
      fact: ({ do: what }: LampStep) => (what === "screw-in" ? undefined : what),
    };
    await using f = await lit(quiet);
    f.room.lamps.delete("a");
    await f.clock.advance(700_000);
    await f.settle();
    expect([f.room.lamps.get("a"), await reasonsOf(f)]).toEqual([5, ["Ready: Ready"]]);
  });

  it("aborts a step at its deadline and says so, and goes on trying", async () => {
    await using f = new EngineFixture();
    f.room.during = (_step, { signal }) =>
      new Promise((_, reject) => signal.addEventListener("abort", () => reject(busy("cancelled"))));
    f.engine.addRealizer(lampRealizer, f.room);
    await f.engine.start();
    await f.create("a");
    await f.clock.advance(9_999);
    expect(await conditionsOf(f)).toBe(
      "Ready=False Progressing: screw-in, Reconciling=True Progressing: screw-in",
    );
    await f.clock.advance(1);
    const message = 'screw-in: Cannot finish "screw-in": it took longer than 10 s';
    expect(await conditionsOf(f)).toBe(
      `Ready=False Retrying: ${message}, Reconciling=True Retrying: ${message}`,
    );
    await f.clock.advance(40_000);
    expect(await conditionsOf(f)).toContain("Stalled=True DeadlineExceeded");
    f.room.during = async () => undefined;
    await f.clock.advance(60_000);
    expect(await conditionsOf(f)).toBe("Ready=True Ready");
    expect([await f.problems(), f.bugs]).toEqual([[], []]);
  });

  it("says that a step is overdue which does not hear the abort", async () => {
    await using f = new EngineFixture();
    let end = (): void => undefined;
    f.room.during = () => new Promise((resolve) => (end = resolve));
    f.engine.addRealizer(lampRealizer, f.room);
    await f.engine.start();
    await f.create("a");
    await f.clock.advance(20_000);
    expect(await conditionsOf(f)).toContain("Stalled=True DeadlineExceeded");
    expect(await f.problems()).toEqual([]);
    f.room.during = async () => undefined;
    end();
    await f.settle();
    expect(await conditionsOf(f)).toBe("Ready=True Ready");
  });

  it("aborts a running step when the object is deleted, and undoes what there is", async () => {
    await using f = new EngineFixture();
    f.room.during = async ({ do: what }, { signal }) => {
      if (what === "set")
        await new Promise((_, reject) => signal.addEventListener("abort", () => reject(busy("stop"))));
    };
    f.engine.addRealizer(lampRealizer, f.room);
    await f.engine.start();
    await f.create("a");
    await turn(20);
    expect(f.room.log).toEqual(["screw-in", "set"]);
    await f.delete("a");
    await f.settle();
    expect([f.room.log, f.store.objects.size]).toEqual([["screw-in", "set", "unscrew"], 0]);
  });

  it("writes progress at most once a second, and lets no conflict end the step", async () => {
    await using f = new EngineFixture();
    const seen: number[] = [];
    f.room.during = async ({ do: what }, { progress }) => {
      if (what !== "screw-in") return;
      for (let done = 0; done <= 40; done += 1) {
        progress({ phase: "turn", done, total: 40 });
        if (done === 20) await relabel(f);
        await turn();
        seen.push((await f.lamp("a")).status?.progress?.done ?? -1);
        await f.clock.advance(100);
      }
    };
    f.engine.addRealizer(lampRealizer, f.room);
    await f.engine.start();
    await f.create("a");
    await f.settle();
    // The one at 20 met somebody else's write, and was dropped.
    expect([...new Set(seen)]).toEqual([0, 10, 30, 40]);
    expect(await conditionsOf(f)).toBe("Ready=True Ready");
    expect([(await f.lamp("a")).status?.progress, f.room.log]).toEqual([undefined, ["screw-in", "set"]]);
  });

  it("says Stalled after three failures in a row, at once when trying again cannot help, and recovers", async () => {
    await using f = new EngineFixture();
    let code = "busy";
    f.room.during = async () => {
      throw Object.assign(new Error("the thread is worn"), { code });
    };
    f.engine.addRealizer(lampRealizer, f.room);
    await f.engine.start();
    await f.create("a");
    await f.settle();
    expect(await conditionsOf(f)).toContain("Reconciling=True Retrying: screw-in: the thread is worn");
    await f.clock.advance(1000);
    expect(await conditionsOf(f)).toContain("Stalled=True StepFailed: screw-in: the thread is worn");
    expect(await f.problems()).toEqual([]);
    code = "denied";
    await f.create("b");
    await f.settle();
    expect(await conditionsOf(f, "b")).toContain("Stalled=True StepFailed");
    f.room.during = async () => undefined;
    await f.clock.advance(60_000);
    expect(await conditionsOf(f)).toBe("Ready=True Ready");
    expect(f.bugs).toEqual([]);
  });

  it("keeps what was last seen when the machine cannot be looked at, and says so", async () => {
    let blind = false;
    const f = await lit({
      ...lampRealizer,
      observe: async (lamp, room, world) => {
        if (blind) throw busy("it is dark");
        return lampRealizer.observe(lamp, room, world);
      },
    });
    await using _ = f;
    blind = true;
    await f.edit("a", 6);
    await f.settle();
    expect(await conditionsOf(f)).toContain("Reconciling=True Retrying: look: it is dark");
    expect((await f.lamp("a")).status?.seen).toBe(5);
  });

  it("goes on with siblings of one that fails, and tells of a bug", async () => {
    await using f = new EngineFixture();
    f.room.during = async ({ name }) => {
      if (name === "a") throw new TypeError("undefined is not a lamp");
    };
    f.engine.addRealizer(lampRealizer, f.room);
    await f.engine.start();
    for (const name of ["a", "b", "c"]) await f.create(name);
    await f.settle();
    expect([await conditionsOf(f, "b"), await conditionsOf(f, "c")]).toEqual([
      "Ready=True Ready",
      "Ready=True Ready",
    ]);
    expect(f.bugs[0]).toBe("test.lamp a: TypeError: undefined is not a lamp");
  });

  it("never acts on a view from before its own write", async () => {
    await using f = new EngineFixture((store) => staleStore(store, () => 4));
    f.engine.addRealizer(lampRealizer, f.room);
    await f.engine.start();
    const conflicts: string[] = [];
    await f.create("a");
    for (let i = 0; i < 20; i += 1) await f.settle();
    expect([f.room.log, conflicts, await conditionsOf(f)]).toEqual([
      ["screw-in", "set"],
      [],
      "Ready=True Ready",
    ]);
  });

  it("never adds a finalizer to what is being torn down", async () => {
    await using f = new EngineFixture();
    const lamp = await f.create("a");
    await f.store.update(
      lampKind,
      { ...lamp, metadata: { ...lamp.metadata, finalizers: ["x.org/else"] } },
      BY,
    );
    await f.delete("a");
    f.engine.addRealizer(lampRealizer, f.room);
    await f.engine.start();
    await f.settle();
    expect([(await f.lamp("a")).metadata.finalizers, f.room.log]).toEqual([["x.org/else"], []]);
  });

  it("removes at the start and at resync what belongs to no object", async () => {
    await using f = new EngineFixture();
    f.room.lamps.set("stray", 3);
    f.engine.addRealizer(lampRealizer, f.room);
    await f.engine.start();
    await f.create("a");
    await f.settle();
    expect([...f.room.lamps]).toEqual([["a", 5]]);
    f.store.lose(lampKind, "a", "default");
    await f.clock.advance(700_000);
    await f.settle();
    expect([f.room.lamps.size, f.orphans.map((step) => Reflect.get(step, "name"))]).toEqual([
      0,
      ["stray", "a"],
    ]);
  });

  it("looks once when the machine says many things at once", async () => {
    let notify = (): void => undefined;
    const wakes = async function* (_room: unknown, signal: AbortSignal): AsyncGenerator<void> {
      while (!signal.aborted) {
        await new Promise<void>((resolve) => {
          notify = resolve;
          signal.addEventListener("abort", () => resolve());
        });
        if (!signal.aborted) yield;
      }
    };
    let looks = 0;
    const counted = {
      ...lampRealizer,
      wakes,
      observe: (...given: Parameters<typeof lampRealizer.observe>) => {
        looks += 1;
        return lampRealizer.observe(...given);
      },
    };
    await using f = await lit(counted);
    looks = 0;
    for (let i = 0; i < 10; i += 1) notify();
    await f.settle();
    expect(looks).toBe(1);
  });

  it("stop() leaves no timer, and no step runs after it", async () => {
    const f = await lit();
    await f.engine.stop();
    expect(f.clock.waiting).toBe(0);
    f.room.lamps.clear();
    await f.clock.advance(2_000_000);
    expect(f.room.log).toEqual(["screw-in", "set"]);
  });

  it("draws its graph", async () => {
    await using f = await lit();
    expect(graphToDot(f.engine.graph())).toMatchInlineSnapshot(`
      "digraph freehold {
        rankdir=LR;
        node [shape=box];
        "test.lamp" [shape=component];
        "Lamp.test.freehold.dev" -> "test.lamp";
        "Plug.test.freehold.dev" -> "test.lamp";
        "test.lamp" -> "Lamp.test.freehold.dev" [label=status, style=dashed];
      }
      "
    `);
    expect(f.engine.writers()).toEqual([["Lamp.test.freehold.dev status", "test.lamp"]]);
  });
});

function busy(message: string): Error {
  return Object.assign(new Error(message), { code: "busy" });
}

async function relabel(f: EngineFixture): Promise<void> {
  const lamp = await f.lamp("a");
  await f.store.update(lampKind, { ...lamp, metadata: { ...lamp.metadata, labels: { by: "hand" } } }, BY);
}

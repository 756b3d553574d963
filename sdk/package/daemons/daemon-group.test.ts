import { expect, test } from "vitest";

import { failing, healthy } from "../health/health-check.ts";
import { ManualClock, settle } from "../testing/manual-clock.ts";
import { recordedEffects } from "../testing/recorded-effects.ts";
import type { Daemon, DaemonDefinition } from "./daemon-definition.ts";
import { DaemonGroup } from "./daemon-group.ts";
import type { ProgramEnd, StartProcess } from "./daemon-process.ts";

const program = { image: "main", command: ["run"] } as const;

function daemon(id: string, more: Partial<Daemon> = {}): Daemon {
  return { kind: "daemon", id, display: id, program, ready: async () => healthy("fine"), ...more };
}

/** A group whose programs are promises; `end` ends one. */
function setUp(definitions: readonly DaemonDefinition[]) {
  const log: string[] = [];
  const ends = new Map<string, (end: ProgramEnd) => void>();
  const start: StartProcess = async ({ id }) => {
    log.push(`start ${id}`);
    const { promise, resolve } = Promise.withResolvers<ProgramEnd>();
    ends.set(id, resolve);
    let isStopped = false;
    return {
      ended: promise,
      stop: async () => {
        if (!isStopped) log.push(`stop ${id}`);
        isStopped = true;
        resolve({ code: null, signal: "SIGTERM" });
      },
    };
  };
  const clock = new ManualClock();
  const { effects, calls } = recordedEffects();
  const group = new DaemonGroup(definitions, effects, { start, clock });
  const health = (id: string) =>
    calls.filter(([, options]) => options["id"] === id).map(([, { result }]) => result);
  return { log, clock, group, health, end: (id: string, end: ProgramEnd) => ends.get(id)?.(end) };
}

test("DaemonGroup starts dependents when what they require is healthy, and stops them first", async () => {
  let isUp = false;
  const db = daemon("db", { ready: async () => (isUp ? healthy("up") : failing("not yet")) });
  const { log, clock, group, health } = setUp([daemon("web", { requires: ["db"] }), db]);
  group.start();
  await settle();
  expect(log).toEqual(["start db"]);
  isUp = true;
  await clock.advance(1000);
  expect(log).toEqual(["start db", "start web"]);
  await group.term();
  expect(log).toEqual(["start db", "start web", "stop web", "stop db"]);
  expect([health("db"), health("web")]).toEqual([
    ["starting", "starting", "success"],
    ["waiting", "starting", "success"],
  ]);
});

test("DaemonGroup starts a program that ended again, later each time", async () => {
  const { log, clock, group, end } = setUp([daemon("web")]);
  group.start();
  await settle();
  end("web", { code: 1, signal: null });
  await settle();
  await clock.advance(1000);
  end("web", { code: 1, signal: null });
  await settle();
  await clock.advance(1000);
  expect(log.filter((entry) => entry === "start web")).toHaveLength(2);
  await clock.advance(1000);
  expect(log.filter((entry) => entry === "start web")).toHaveLength(3);
  await group.term();
});

test("DaemonGroup reports failures as such only after the grace period", async () => {
  const { clock, group, health } = setUp([
    daemon("web", { ready: async () => failing("no"), gracePeriodMs: 2000 }),
  ]);
  group.start();
  await settle();
  for (let second = 0; second < 3; second++) await clock.advance(1000);
  expect(health("web")).toEqual(["starting", "starting", "failure"]);
  await group.term();
});

test("DaemonGroup runs a oneshot once, and those that require it afterwards", async () => {
  const migrate: DaemonDefinition = { kind: "oneshot", id: "migrate", program };
  const { log, group, end } = setUp([migrate, daemon("web", { requires: ["migrate"] })]);
  group.start();
  await settle();
  expect(log).toEqual(["start migrate"]);
  end("migrate", { code: 0, signal: null });
  await settle();
  expect(log).toEqual(["start migrate", "stop migrate", "start web"]);
  await group.term();
});

test("DaemonGroup.term() stops what is still waiting or between two starts", async () => {
  const { log, group, end } = setUp([
    daemon("db", { ready: async () => failing("no") }),
    daemon("web", { requires: ["db"] }),
  ]);
  group.start();
  await settle();
  end("db", { code: 1, signal: null });
  await settle();
  await group.term();
  expect(log).toEqual(["start db", "stop db"]);
});

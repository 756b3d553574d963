import { eventKind } from "@freehold/apis/core";
import { StoreError } from "@freehold/store";
import { describe, expect, it } from "vitest";

import { EventRecorder } from "./event-recorder.ts";
import { FakeClock, MemoryStore } from "./testing/index.ts";
import { lampKind } from "./testing/toy.ts";

const lamp = lampKind.draft(
  { name: "a", namespace: "default", uid: "u1", resourceVersion: "7" },
  { brightness: 1 },
);
const dark = { type: "Warning", reason: "StepFailed", message: "it is dark" } as const;

function fixture(): { store: MemoryStore; clock: FakeClock; events: EventRecorder; bugs: string[] } {
  const store = new MemoryStore();
  const clock = new FakeClock();
  const bugs: string[] = [];
  const events = new EventRecorder({
    store,
    clock,
    component: "agent/m1",
    onBug: (_about, error) => void bugs.push(String(error)),
  });
  return { store, clock, events, bugs };
}

describe("EventRecorder", () => {
  it("keeps one event per object and reason, and counts it", async () => {
    const { store, clock, events } = fixture();
    await events.record(lamp, dark);
    await clock.advance(60_000);
    await events.record(lamp, { ...dark, message: "it is darker" });
    await events.record(lamp, { ...dark, reason: "Ready" });
    await events.record({ ...lamp, metadata: { ...lamp.metadata, uid: "u2" } }, dark);
    const { items } = await store.list(eventKind);
    expect(items.map(({ reason, count }) => `${reason} ${count}`)).toEqual([
      "StepFailed 2",
      "Ready 1",
      "StepFailed 1",
    ]);
    expect(items[0]).toMatchObject({
      message: "it is darker",
      firstTimestamp: "2026-01-02T03:04:05Z",
      lastTimestamp: "2026-01-02T03:05:05Z",
      involvedObject: { kind: "Lamp", name: "a", namespace: "default", uid: "u1" },
      source: { component: "agent/m1" },
    });
  });

  it("tells at most 25 of one object at once, then one in five minutes", async () => {
    const { clock, events } = fixture();
    const tell = async (times: number): Promise<number> => {
      let told = 0;
      for (let i = 0; i < times; i += 1)
        told += (await events.record(lamp, { ...dark, reason: `R${i}` })) ? 1 : 0;
      return told;
    };
    expect(await tell(100)).toBe(25);
    await clock.advance(600_000);
    expect(await tell(100)).toBe(2);
    expect(await events.record({ ...lamp, metadata: { ...lamp.metadata, uid: "u2" } }, dark)).toBe(true);
  });

  it("never throws: not where the namespace is going, nor when somebody else was faster, nor at a bug", async () => {
    const { store, events, bugs } = fixture();
    const failures = [
      Object.assign(new Error("namespace is being terminated"), { code: "Forbidden" }),
      Object.assign(new Error("namespace is being terminated"), { code: 403, reason: "Forbidden" }),
      new StoreError("Conflict", "changed"),
      new TypeError("a bug"),
    ];
    for (const failure of failures) {
      store.beforeWrite = () => {
        throw failure;
      };
      expect(await events.record(lamp, dark)).toBe(false);
    }
    expect(bugs).toEqual(["TypeError: a bug"]);
  });
});

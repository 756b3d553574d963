import { describe, expect, it } from "vitest";

import { CacheSet } from "./cache-set.ts";
import { OwnershipTable } from "./ownership-table.ts";
import { ResourceWriter } from "./resource-writer.ts";
import { EngineFixture } from "./testing/engine-fixture.ts";
import { FakeClock, MemoryStore } from "./testing/index.ts";
import { lampKind, lampRealizer, plugKind } from "./testing/toy.ts";

describe("OwnershipTable", () => {
  it("claim() refuses a second writer of a section, and lets the first say it again", () => {
    const owners = new OwnershipTable();
    owners.claim(lampKind, "status", "one");
    owners.claim(lampKind, "status", "one");
    owners.claim(lampKind, "spec", "two");
    expect(() => owners.claim(lampKind, "status", "two")).toThrow(
      'Cannot give status of Lamp.test.freehold.dev to "two": "one" has it',
    );
  });

  it("stops an engine in which two controllers would write the same", async () => {
    await using f = new EngineFixture();
    f.engine.addRealizer(lampRealizer, f.room);
    expect(() => f.engine.addRealizer({ ...lampRealizer, name: "other" }, f.room)).toThrow(
      /"test.lamp" has it/,
    );
  });

  it("refuses a write without a claim", async () => {
    const store = new MemoryStore();
    const owners = new OwnershipTable();
    owners.claim(lampKind, "spec", "holder");
    const writer = new ResourceWriter("me", { store, owners, caches: new CacheSet(store, new FakeClock()) });
    const lamp = lampKind.draft({ name: "a", namespace: "default" }, { brightness: 1 });
    await expect(writer.create(lampKind, lamp)).rejects.toThrow(
      'Cannot write spec of Lamp.test.freehold.dev as "me": it belongs to "holder"',
    );
    await expect(writer.updateStatus(lampKind, lamp)).rejects.toThrow("it belongs to nobody");
    await expect(writer.delete(lampKind, { name: "a", namespace: "default" })).rejects.toThrow(
      "Cannot write",
    );
    expect(store.writes).toBe(0);
  });

  it("refuses a read that was not declared", () => {
    const world = new CacheSet(new MemoryStore(), new FakeClock()).world("me", [lampKind]);
    expect(world.list(lampKind)).toEqual([]);
    expect(() => world.get(plugKind, "a", "default")).toThrow(
      'Cannot read Plug.test.freehold.dev in "me": it is not among its declared reads',
    );
  });
});

import type { Kind, ResourceOf } from "@freehold/apis";
import { eventKind } from "@freehold/apis/core";
import type { ResourceStore } from "@freehold/store";

import { Engine } from "../engine.ts";
import { FakeClock, turn } from "./fake-clock.ts";
import { MemoryStore } from "./memory-store.ts";
import { statusProblems } from "./status-problems.ts";
import { type Lamp, lampKind, type Plug, plugKind, Room } from "./toy.ts";

/** An engine over memory with a clock that stands, and a room of lamps. */
export class EngineFixture implements AsyncDisposable {
  readonly store = new MemoryStore();
  readonly clock = new FakeClock();
  readonly room = new Room();
  readonly bugs: string[] = [];
  readonly orphans: object[] = [];
  readonly engine: Engine;

  constructor(around: (store: ResourceStore) => ResourceStore = (store) => store) {
    this.engine = new Engine({
      store: around(this.store),
      clock: this.clock,
      component: "test",
      onBug: (controller, key, error) => void this.bugs.push(`${controller} ${key}: ${String(error)}`),
      onOrphan: (_controller, step) => void this.orphans.push(step),
    });
  }

  /** Lets everything happen that needs no time. */
  async settle(): Promise<void> {
    for (let i = 0; i < 4; i += 1) {
      await turn(6);
      await this.engine.settled();
    }
  }

  async create(name: string, brightness = 5): Promise<Lamp> {
    return this.store.create(lampKind, lampKind.draft({ name, namespace: "default" }, { brightness }), BY);
  }

  async plug(name: string, volts: number): Promise<Plug> {
    const known = await this.store.get(plugKind, name, "default");
    return known
      ? this.store.update(plugKind, { ...known, spec: { volts } }, BY)
      : this.store.create(plugKind, plugKind.draft({ name, namespace: "default" }, { volts }), BY);
  }

  async edit(name: string, brightness: number): Promise<Lamp> {
    return this.store.update(lampKind, { ...(await this.lamp(name)), spec: { brightness } }, BY);
  }

  async delete(name: string, kind: Kind = lampKind): Promise<void> {
    await this.store.delete(kind, kind.ref(name, "default"), BY);
  }

  async lamp(name: string): Promise<Lamp> {
    const found = await this.store.get(lampKind, name, "default");
    if (!found) throw new Error(`Cannot look at lamp "${name}": it is not there`);
    return found;
  }

  async events(): Promise<readonly ResourceOf<typeof eventKind>[]> {
    return (await this.store.list(eventKind)).items;
  }

  /** What is wrong with the statuses there are. */
  async problems(): Promise<readonly string[]> {
    return (await this.store.list(lampKind)).items.flatMap((lamp) => statusProblems(lampKind, lamp));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.engine.stop();
  }
}

export const BY = { name: "test" } as const;

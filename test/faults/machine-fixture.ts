import { fakeArchive, FakeHost } from "@freehold/agent-fake";
import { builtInKinds, isTearingDown, type Kind, type Resource } from "@freehold/apis";
import { Layout } from "@freehold/apis/system";
import {
  archiveController,
  bridgeController,
  containerController,
  packetRulesController,
  ServiceSessions,
  volumeController,
} from "@freehold/controllers";
import { Engine } from "@freehold/engine";
import { FakeClock, MemoryStore, staleStore, statusProblems, turn } from "@freehold/engine/testing";
import { isStoreError } from "@freehold/store";

export const FILE = "/uploads/hello.s9pk";
const RUNTIME_IMAGE = "/runtime.erofs";
const BY = { name: "test" } as const;

/** What happens at the n-th change of the machine, counted from `arm`. */
export interface Fault {
  readonly at: number;
  readonly when: "before" | "after" | "never";
  readonly run?: () => void;
}

/** A whole agent over a machine in memory. Time stands until `converge`. */
export class MachineFixture implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly store = new MemoryStore();
  readonly layout = new Layout("/data");
  readonly host: FakeHost;
  readonly bugs: string[] = [];
  #faults: readonly Fault[] = [];
  #base = 0;
  readonly #sweep: boolean;
  #engine: Engine;
  #sessions: ServiceSessions;

  constructor({ lateness = 0, sweep = true }: { readonly lateness?: number; readonly sweep?: boolean } = {}) {
    this.#sweep = sweep;
    this.host = new FakeHost({ failAt: (mutation) => this.#failAt(mutation - this.#base) });
    this.host.mounts.images.add(RUNTIME_IMAGE);
    this.host.archives.files.set(FILE, archiveFile);
    [this.#engine, this.#sessions] = this.#agent(lateness);
  }

  async start(): Promise<void> {
    await this.#engine.start();
  }

  /** Another agent on the same machine, as after a SIGKILL: nothing it knew is left. */
  async restart(lateness = 0): Promise<void> {
    await this.#engine.stop();
    await this.#sessions.closeAll();
    [this.#engine, this.#sessions] = this.#agent(lateness);
    await this.#engine.start();
  }

  /** Counts the machine's changes from here. */
  arm(...faults: readonly Fault[]): void {
    this.#base = this.host.mutations;
    this.#faults = faults;
  }

  get changes(): number {
    return this.host.mutations - this.#base;
  }

  async create<R extends Resource>(
    kind: Kind<R>,
    name: string,
    spec: R["spec"],
    namespace?: string,
  ): Promise<R> {
    const metadata = { name, ...(namespace !== undefined && { namespace }) };
    return this.store.create(kind, kind.draft(metadata, spec), BY);
  }

  async edit<R extends Resource>(kind: Kind<R>, { metadata }: R, spec: R["spec"]): Promise<void> {
    const known = await this.store.get(kind, metadata.name, metadata.namespace);
    if (!known) return;
    try {
      await this.store.update(kind, { ...known, spec }, BY);
    } catch (error) {
      if (!isStoreError(error, "Conflict")) throw error;
      // A controller was faster; a person would look and try again.
      await this.edit(kind, known, spec);
    }
  }

  async delete(kind: Kind, { metadata }: Resource): Promise<void> {
    await this.store.delete(kind, kind.ref(metadata.name, metadata.namespace), BY);
  }

  /** Lets everything happen, also what waits for a later time. */
  async converge(): Promise<void> {
    for (let i = 0; i < 4; i += 1) {
      await turn(10);
      await this.clock.advance(70_000);
    }
    await turn(10);
  }

  /** Objects that are not Ready or say so wrongly. */
  problems(): readonly string[] {
    return [...this.store.objects.values()].flatMap((object) => {
      const kind = builtInKinds.find((known) => known.matches(object));
      if (!kind || !kind.hasStatus || isTearingDown(object)) return [];
      const ready = JSON.stringify(object.status ?? {}).includes('"type":"Ready","status":"True"');
      const notReady = ready ? [] : [`is not Ready: ${JSON.stringify(object.status)}`];
      return [...statusProblems(kind, object), ...notReady].map(
        (text) => `${kind.kind} ${object.metadata.name} ${text}`,
      );
    });
  }

  /** All that is on the machine, one line each. */
  inventory(): readonly string[] {
    return Object.entries(this.host.snapshot()).flatMap(([section, entries]: [string, readonly string[]]) =>
      entries.map((entry) => `${section} ${entry}`),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#engine.stop();
    await this.#sessions.closeAll();
  }

  #agent(lateness: number): [Engine, ServiceSessions] {
    const { host, layout, clock } = this;
    const engine = new Engine({
      store: lateness > 0 ? staleStore(this.store, () => lateness) : this.store,
      clock,
      component: "agent/m1",
      onBug: (controller, name, error) => void this.bugs.push(`${controller} ${name}: ${String(error)}`),
    });
    const sessions = new ServiceSessions({
      runtime: host.runtime,
      effects: () => async () => null,
      now: () => clock.now(),
      onStart: () => undefined,
    });
    const common = {
      machine: "m1",
      layout,
      mounts: host.mounts,
      links: host.links,
      bridgeLink: "fhbr0",
      bridgeCidr: "10.77.0.1/16",
    };
    engine.addRealizer(bridgeController, common);
    engine.addRealizer(packetRulesController, { ...common, packets: host.packets, packetTable: "freehold" });
    engine.addRealizer(volumeController, common);
    engine.addRealizer(this.#sweep ? archiveController : without(archiveController), {
      ...common,
      archives: host.archives,
      origin: {
        sizeOf: async () => undefined,
        read: async function* read() {
          // There is none.
        },
      },
      architecture: "x86_64",
    });
    engine.addRealizer(this.#sweep ? containerController : without(containerController), {
      ...common,
      containers: host.containers,
      sessions,
      runtimeImage: { path: RUNTIME_IMAGE, offset: 0, size: 4096 },
      now: () => clock.now(),
    });
    return [engine, sessions];
  }

  #failAt(mutation: number): false | "before" | "after" {
    const fault = this.#faults.find(({ at }) => at === mutation);
    fault?.run?.();
    return !fault || fault.when === "never" ? false : fault.when;
  }
}

const archiveFile = {
  ...fakeArchive,
  manifest: { ...fakeArchive.manifest, images: { main: {} }, volumes: ["main"] },
  files: {
    ...fakeArchive.files,
    "assets.squashfs": { path: "assets.squashfs", offset: 8192, size: 512 },
    "images/x86_64/main.squashfs": { path: "images/x86_64/main.squashfs", offset: 9216, size: 512 },
    "images/x86_64/main.env": { path: "images/x86_64/main.env", offset: 9800, size: 8 },
  },
  entries: { ...fakeArchive.entries, "images/x86_64/main.env": Uint8Array.from([65, 61, 49]) },
};

/** The same realizer, which looks for no orphans. */
function without<T extends { orphans?: unknown }>(realizer: T): Omit<T, "orphans"> {
  const { orphans: _orphans, ...rest } = realizer;
  return rest;
}

import type { Effects } from "../abi/effects.ts";
import type { Running } from "../abi/package-exports.ts";
import { type Clock, systemClock } from "./clock.ts";
import type { DaemonDefinition } from "./daemon-definition.ts";
import type { StartProcess } from "./daemon-process.ts";
import { DaemonRun } from "./daemon-run.ts";
import { stopOrder } from "./stop-order.ts";

export interface DaemonGroupPorts {
  readonly start: StartProcess;
  readonly clock?: Clock;
}

/** All programs of a package: each starts when what it requires is ready, and they stop in the opposite order. */
export class DaemonGroup implements Running {
  readonly #waves: readonly (readonly DaemonDefinition[])[];
  readonly #runs = new Map<string, DaemonRun>();

  /** Throws when the requirements have a loop or name what there is not. */
  constructor(definitions: readonly DaemonDefinition[], effects: Effects, ports: DaemonGroupPorts) {
    this.#waves = stopOrder(definitions);
    const clock = ports.clock ?? systemClock;
    // From the last wave to the first: what is required exists before what requires it.
    for (const definition of this.#waves.toReversed().flat()) {
      const requires = (definition.requires ?? []).flatMap((id) => this.#runs.get(id) ?? []);
      this.#runs.set(
        definition.id,
        new DaemonRun(definition, requires, { effects, clock, start: ports.start }),
      );
    }
  }

  /** Returns at once; health tells how the start goes. */
  start(): this {
    for (const run of this.#runs.values()) run.start();
    return this;
  }

  /** Stops everything; resolves when the last program has ended. One that fails to stop does not keep the others. */
  async term(): Promise<void> {
    const failures: unknown[] = [];
    for (const wave of this.#waves) {
      const results = await Promise.allSettled(wave.map(async ({ id }) => this.#runs.get(id)?.stop()));
      for (const result of results) if (result.status === "rejected") failures.push(result.reason);
    }
    if (failures.length > 0)
      throw new AggregateError(failures, `Cannot stop ${failures.length} of the programs`);
  }
}

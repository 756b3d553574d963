import type { Effects } from "../abi/effects.ts";
import type { HealthResult } from "../abi/values.ts";
import type { Clock } from "./clock.ts";
import type { DaemonDefinition } from "./daemon-definition.ts";
import {
  type DaemonProcess,
  describeEnd,
  isCleanEnd,
  type ProgramEnd,
  type StartProcess,
} from "./daemon-process.ts";

export interface DaemonRunPorts {
  readonly effects: Effects;
  readonly clock: Clock;
  readonly start: StartProcess;
}

const defaults = { gracePeriodMs: 10_000, stopTimeoutMs: 60_000 } as const;
/** Between health checks: at once while it starts, soon while something is amiss, seldom while all is well. */
const checkEveryMs = { fresh: 100, unhealthy: 1000, healthy: 30_000 } as const;
const freshMs = 5000;
/** The delay before a restart grows by a second with each, up to this; a long good run forgets them. */
const longestBackoff = 30;
const goodRunMs = 60_000;

/** One program from its first start to its stop, with restarts and health in between. */
export class DaemonRun {
  readonly #definition: DaemonDefinition;
  readonly #requires: readonly DaemonRun[];
  readonly #ports: DaemonRunPorts;
  readonly #stopping = new AbortController();
  readonly #ready = Promise.withResolvers<void>();
  #process: DaemonProcess | undefined;
  #work: Promise<void> | undefined;
  #reported = "";

  constructor(definition: DaemonDefinition, requires: readonly DaemonRun[], ports: DaemonRunPorts) {
    this.#definition = definition;
    this.#requires = requires;
    this.#ports = ports;
  }

  start(): void {
    this.#work ??= this.#run().catch((error: unknown) => console.error(`${this.#definition.id}:`, error));
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#process?.stop(this.#definition.stopTimeoutMs ?? defaults.stopTimeoutMs);
    await this.#work;
  }

  get #stopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #run(): Promise<void> {
    await this.#waitForRequired();
    for (let attempt = 1; !this.#stopped; attempt++) {
      const startedAt = this.#ports.clock.now();
      const end = await this.#runOnce(startedAt);
      if (this.#stopped || end === "done") return;
      console.error(`${this.#definition.id} ${end}`);
      if (this.#ports.clock.now() - startedAt > goodRunMs) attempt = 1;
      await this.#report({ result: "starting", message: `${this.#definition.id} ${end}` });
      await this.#ports.clock.sleep(Math.min(attempt, longestBackoff) * 1000, this.#stopping.signal);
    }
  }

  async #waitForRequired(): Promise<void> {
    if (this.#requires.length === 0) return;
    const names = this.#requires.map((run) => run.#definition.id).join(", ");
    await this.#report({ result: "waiting", message: `Waiting for ${names}` });
    const stopped = Promise.withResolvers<void>();
    this.#stopping.signal.addEventListener("abort", () => stopped.resolve(), { once: true });
    await Promise.race([Promise.all(this.#requires.map((run) => run.#ready.promise)), stopped.promise]);
  }

  /** One start to its end; "done" for a oneshot that succeeded, else what happened. */
  async #runOnce(startedAt: number): Promise<string> {
    if (this.#stopped) return "done";
    await this.#report({ result: "starting", message: null });
    try {
      const process = await this.#ports.start(this.#definition);
      this.#process = process;
      // A stop that came while it was being started has found nothing to stop.
      if (this.#stopped) await process.stop(this.#definition.stopTimeoutMs ?? defaults.stopTimeoutMs);
      const end = await this.#watch(process, startedAt);
      if (this.#stopped) return "done";
      await process.stop(0);
      if (this.#definition.kind === "daemon" || !isCleanEnd(end)) return describeEnd(end);
      this.#ready.resolve();
      return "done";
    } catch (error) {
      return `cannot be started: ${String(error)}`;
    } finally {
      if (!this.#stopped) this.#process = undefined;
    }
  }

  /** Checks health until the program ends. */
  async #watch(process: DaemonProcess, startedAt: number): Promise<ProgramEnd> {
    const ended = new AbortController();
    const end = process.ended.finally(() => ended.abort());
    const over = AbortSignal.any([ended.signal, this.#stopping.signal]);
    while (this.#definition.kind === "daemon" && !over.aborted) {
      const result = await this.#check(this.#definition, startedAt);
      if (over.aborted) break;
      if (result.result === "success") this.#ready.resolve();
      await this.#report(result);
      await this.#ports.clock.sleep(this.#pauseAfter(result, startedAt), over);
    }
    return end;
  }

  #pauseAfter({ result }: HealthResult, startedAt: number): number {
    if (result === "success") return checkEveryMs.healthy;
    return this.#ports.clock.now() - startedAt < freshMs ? checkEveryMs.fresh : checkEveryMs.unhealthy;
  }

  async #check(daemon: DaemonDefinition & { kind: "daemon" }, startedAt: number): Promise<HealthResult> {
    const result = await daemon.ready().catch((error: unknown): HealthResult => {
      return { result: "failure", message: String(error) };
    });
    const inGrace = this.#ports.clock.now() - startedAt < (daemon.gracePeriodMs ?? defaults.gracePeriodMs);
    return result.result === "failure" && inGrace ? { ...result, result: "starting" } : result;
  }

  /** Tells the host when the result changed. A host that cannot be told must not stop the program. */
  async #report(result: HealthResult): Promise<void> {
    const text = JSON.stringify(result);
    if (this.#definition.kind !== "daemon" || text === this.#reported || this.#stopped) return;
    this.#reported = text;
    const { id, display } = this.#definition;
    await this.#ports.effects.setHealth({ id, name: display, ...result }).catch((error: unknown) => {
      this.#reported = "";
      console.error(`Cannot report the health of ${id}:`, error);
    });
  }
}

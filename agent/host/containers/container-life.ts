import { setTimeout as delay } from "node:timers/promises";

import { type ContainerDefinition, type ContainerState, HostError } from "@freehold/agent-ports";
import { ProcessHandle } from "@freehold/native";

import { findLink, removeLink } from "../links/find-link.ts";
import { guardLink, unguardLink } from "../packets/guard-link.ts";
import type { ContainerFolder } from "./container-folder.ts";
import type { ContainerHostOptions } from "./container-host-options.ts";
import type { ContainerRecord } from "./container-record.ts";
import { type ContainerProcesses, findProcesses } from "./find-processes.ts";
import { endsWithin, signalProcess } from "./process-end.ts";
import { hearsSignal, startTicksOf } from "./process-facts.ts";
import { describeEnd, type RunEnd } from "./run-end.ts";
import { detachLeftovers, mountsBelowShared, shareSources } from "./shared-binds.ts";
import { initRuns, startMonitor, writeConfig } from "./start-monitor.ts";

const SIGKILL = 9;
/** What lxc-start takes to end once everything in its container has. */
const MONITOR_DEADLINE_MS = 10_000;
const LOOK_EVERY_MS = 5;
const LOG_DEADLINE_MS = 1000;
const signals = { SIGINT: 2, SIGTERM: 15, SIGPWR: 30 };

/** Starting, stopping and watching one container. Its methods are called one at a time. */
export class ContainerLife {
  readonly folder: ContainerFolder;
  readonly #options: ContainerHostOptions;
  readonly #notify: () => void;
  readonly #inTurn: (work: () => Promise<void>) => Promise<void>;
  /** The monitor whose end is awaited. */
  #watched: { readonly handle: ProcessHandle; readonly limits: Disposable } | undefined;

  /** The monitor whose init has ended already. */
  #ending: number | undefined;

  constructor(
    folder: ContainerFolder,
    options: ContainerHostOptions,
    notify: () => void,
    inTurn: (work: () => Promise<void>) => Promise<void>,
  ) {
    this.folder = folder;
    this.#options = options;
    this.#notify = notify;
    this.#inTurn = inTurn;
  }

  async processes(): Promise<ContainerProcesses | undefined> {
    const { cgroups, root } = this.#options;
    return findProcesses(cgroups, { name: this.folder.name, root }, await this.folder.record());
  }

  /** Out of one look at both, so that a state and what was written down at its end go together. */
  async state(
    record: ContainerRecord,
    found: ContainerProcesses | undefined,
  ): Promise<ContainerState["state"]> {
    // How it ended is written down in a moment.
    if (!found) return record.phase === "running" && this.#watched ? "stopping" : "stopped";
    if (record.phase === "stopping") return "stopping";
    if (isEnding(record, found)) {
      this.#seeToEnd(found.monitor);
      return "stopping";
    }
    if (!found.initRuns) return "starting";
    return (await this.#options.cgroups.isFrozen(this.folder.name)) ? "frozen" : "running";
  }

  /** What an agent does with a container that it did not start itself. */
  async adopt(): Promise<void> {
    const [record, found] = await Promise.all([this.folder.record(), this.processes()]);
    if (!found) {
      if (record.phase !== "stopped") await this.#finish((end) => `${describeEnd(end)}, while no agent ran`);
      return;
    }
    this.#watch(new ProcessHandle(found.monitor));
    // Not waited for: nobody who looks at containers should wait for one that takes its time.
    if (record.phase === "starting") this.#later(() => this.start());
    if (record.phase === "stopping") this.#later(() => this.stop(record.graceMs ?? 0));
  }

  async start(): Promise<void> {
    const { name } = this.folder;
    const [definition, before, found] = await Promise.all([
      this.folder.definition(),
      this.folder.record(),
      this.processes(),
    ]);
    if (!definition) throw new HostError("missing", `Cannot start "${name}": it has no definition`);
    if (found?.initRuns && before.phase === "running") return;
    if (found && isEnding(before, found)) {
      await this.#awaitMonitor(found.monitor);
      return this.start();
    }
    if (found) return this.#awaitInit(found.monitor, () => this.folder.logSince(0));
    await this.#cleanUpIfDirty(definition, before);
    const { cgroups, root } = this.#options;
    const programs = await this.#options.programs();
    await shareSources(definition);
    const mountsBefore = await mountsBelowShared(definition);
    const starting = { ...before, phase: "starting", starts: before.starts + 1, mountsBefore } as const;
    const [logged] = await Promise.all([
      this.folder.logLength(),
      writeConfig(definition, this.folder, cgroups, programs),
      this.folder.writeRecord(starting),
    ]);
    const monitor = startMonitor(definition, this.folder, root, programs);
    this.#watch(monitor.handle);
    await this.#awaitInit(monitor.handle.pid, async () => {
      // Whoever is left of the container may keep its log open.
      await Promise.race([monitor.logged, delay(LOG_DEADLINE_MS)]);
      return this.folder.logSince(logged);
    });
  }

  async stop(graceMs: number): Promise<void> {
    const found = await this.processes();
    if (!found) return this.#finish(() => "ended");
    const handle = this.#watched?.handle ?? this.#watch(new ProcessHandle(found.monitor));
    await this.folder.writeRecord({ ...(await this.folder.record()), phase: "stopping", graceMs });
    this.#notify();
    await this.#options.cgroups.thaw(this.folder.name);
    const asked = found.init !== undefined && (await this.#ask(found.init, handle, graceMs));
    if (!asked) await this.#kill(handle);
    await this.#finish(() => (asked ? "stopped" : `killed after ${graceMs} ms`));
  }

  /** Once: nobody may wait for an lxc-start that hangs. */
  #seeToEnd(monitor: number): void {
    if (this.#ending === monitor) return;
    this.#ending = monitor;
    this.#later(() => this.#awaitMonitor(monitor));
  }

  async #awaitMonitor(monitor: number): Promise<void> {
    if ((await this.processes())?.monitor !== monitor) return;
    const handle = this.#watched?.handle ?? this.#watch(new ProcessHandle(monitor));
    if (!(await endsWithin(handle, MONITOR_DEADLINE_MS))) await this.#kill(handle);
    await this.#ended(handle);
  }

  /** Removes what a container leaves when it ends in whatever way. */
  async cleanUp(): Promise<void> {
    const { name } = this.folder;
    await this.#options.cgroups.kill(name);
    const [definition, record] = await Promise.all([this.folder.definition(), this.folder.record()]);
    if (definition) {
      await removeLink(this.#options.routes, definition.network.hostLink);
      await unguardLink(definition.network.hostLink);
      if (record.phase !== "stopped") await detachLeftovers(definition, record.mountsBefore);
    }
    await this.#options.cgroups.remove(name);
  }

  /** After an end that was seen everything is gone already, and looking costs less than cleaning. */
  async #cleanUpIfDirty(definition: ContainerDefinition, { phase }: ContainerRecord): Promise<void> {
    const { cgroups, routes } = this.#options;
    const link = await findLink(routes, definition.network.hostLink);
    if (link || phase !== "stopped" || cgroups.has(this.folder.name)) await this.cleanUp();
  }

  async #awaitInit(monitor: number, explain: () => Promise<string>): Promise<void> {
    const handle = this.#watched?.handle ?? this.#watch(new ProcessHandle(monitor));
    const { name } = this.folder;
    try {
      await initRuns(handle, name, explain);
      await this.#guard();
    } catch (error) {
      await this.#kill(handle);
      await this.#finish(() => "did not start");
      throw error;
    }
    // Until here the container's cgroup, or a look at all processes, leads to the monitor.
    const startTicks = startTicksOf(monitor);
    const hint = startTicks === undefined ? {} : { monitor: { pid: monitor, startTicks } };
    await this.folder.writeRecord({ ...(await this.folder.record()), phase: "running", ...hint });
    if (this.#watched?.handle === handle) {
      // The limit files exist only now.
      this.#watched.limits[Symbol.dispose]();
      this.#watched = { handle, limits: this.#options.cgroups.onLimitChange(name, this.#notify) };
    }
    this.#notify();
  }

  /** A failure shows itself to whoever looks next. */
  #later(work: () => Promise<void>): void {
    this.#inTurn(work).catch(this.#notify);
  }

  async #guard(): Promise<void> {
    const definition = await this.folder.definition();
    if (!definition) return;
    const { hostLink, mac, address } = definition.network;
    await guardLink(hostLink, mac, address);
  }

  /** Whether all ended within the grace. */
  async #ask(init: number, monitor: ProcessHandle, graceMs: number): Promise<boolean> {
    const definition = await this.folder.definition();
    const signal = signals[definition?.stopSignal ?? "SIGTERM"];
    const until = performance.now() + graceMs;
    while (!hearsSignal(init, signal)) {
      if (await endsWithin(monitor, LOOK_EVERY_MS)) return true;
      if (performance.now() > until) return false;
    }
    signalProcess(init, signal);
    return endsWithin(monitor, Math.max(0, until - performance.now()));
  }

  async #kill(monitor: ProcessHandle): Promise<void> {
    const found = await this.processes();
    // Process 1 takes its whole pid namespace along.
    if (found?.init !== undefined) signalProcess(found.init, SIGKILL);
    await this.#options.cgroups.kill(this.folder.name);
    if (found?.init !== undefined && (await endsWithin(monitor, MONITOR_DEADLINE_MS))) return;
    monitor.signal(SIGKILL);
    if (await endsWithin(monitor, MONITOR_DEADLINE_MS)) return;
    throw new HostError("busy", `Cannot stop "${this.folder.name}": process ${monitor.pid} does not end`);
  }

  async #finish(describe: (end: RunEnd) => string): Promise<void> {
    const description = describe(await this.folder.takeEnd());
    await this.cleanUp();
    this.#unwatch();
    const { phase, starts, lastExit } = await this.folder.record();
    if (!(await this.folder.exists())) return;
    const exit = phase === "stopped" ? lastExit : { at: new Date().toISOString(), description };
    await this.folder.writeRecord({
      phase: "stopped",
      starts,
      mountsBefore: [],
      ...(exit ? { lastExit: exit } : {}),
    });
    this.#notify();
  }

  #watch(handle: ProcessHandle): ProcessHandle {
    this.#unwatch();
    const limits = this.#options.cgroups.onLimitChange(this.folder.name, this.#notify);
    this.#watched = { handle, limits };
    handle.unref();
    handle.ended
      .then(() => this.#inTurn(() => this.#ended(handle)))
      // The next look finds it stopped and the next start cleans up again.
      .catch(this.#notify);
    return handle;
  }

  async #ended(handle: ProcessHandle): Promise<void> {
    if (this.#watched?.handle !== handle) return;
    const { signal } = await handle.ended;
    await this.#finish((end) =>
      signal === null ? describeEnd(end) : `its lxc-start was killed (signal ${signal})`,
    );
  }

  #unwatch(): void {
    this.#watched?.limits[Symbol.dispose]();
    this.#watched?.handle[Symbol.dispose]();
    this.#watched = undefined;
  }
}

/** Init has ended, and lxc-start is about to. */
function isEnding({ phase }: ContainerRecord, { init }: ContainerProcesses): boolean {
  return phase === "running" && init === undefined;
}

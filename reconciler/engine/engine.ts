import type { Kind, Resource } from "@freehold/apis";
import type { ResourceStore } from "@freehold/store";

import { CacheSet } from "./cache-set.ts";
import { type Clock, systemClock } from "./clock.ts";
import type { Realizer, Sensor, Transformer, World } from "./contracts.ts";
import type { ControllerContext } from "./controller-context.ts";
import { ControllerRunner, type Runnable } from "./controller-runner.ts";
import { EventRecorder } from "./event-recorder.ts";
import { type GraphNode, realizerNode, sensorNode, transformerNode } from "./graph.ts";
import { isStatusOnly, keyOf, nameKey } from "./kind-cache.ts";
import { ownerOf } from "./owned-by.ts";
import { OwnershipTable } from "./ownership-table.ts";
import { pause } from "./pause.ts";
import { isClaimOnly, ResourceWriter } from "./resource-writer.ts";
import { realizerRunnable, sensorRunnable, transformerRunnable } from "./runnables.ts";
import { WorkQueue } from "./work-queue.ts";

export interface EngineOptions {
  readonly store: ResourceStore;
  readonly clock?: Clock;
  /** Shown as the source of events: `server`, `agent/m1`. */
  readonly component: string;
  /** Objects a controller works on at a time. */
  readonly workers?: number;
  readonly onBug?: ControllerContext["onBug"];
  readonly onOrphan?: ControllerContext["onOrphan"];
}

interface Registered {
  readonly runner: ControllerRunner;
  readonly queue: WorkQueue;
  readonly wakes: ((signal: AbortSignal) => AsyncIterable<void>) | undefined;
  readonly workers: number;
}

/** Runs controllers over a store: caches, queues, ownership, retries. */
export class Engine {
  readonly #options: EngineOptions;
  readonly #clock: Clock;
  readonly #caches: CacheSet;
  readonly #owners = new OwnershipTable();
  readonly #stop = new AbortController();
  readonly #controllers: Registered[] = [];
  readonly #nodes: GraphNode[] = [];
  readonly #running: Promise<void>[] = [];

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#caches = new CacheSet(options.store, this.#clock, (kind, error) =>
      options.onBug?.("cache", kind, error),
    );
  }

  addTransformer<In extends Resource>(transformer: Transformer<In>): void {
    const { name, input, outputs, reads } = transformer;
    for (const kind of outputs) this.#owners.claim(kind, "spec", name);
    if (transformer.summarise) this.#owners.claim(input, "status", name);
    const context = this.#context(name);
    const world = this.#caches.world(name, [input, ...outputs, ...reads]);
    const queue = new WorkQueue({ clock: this.#clock });
    this.#feed(input, queue, { controller: name, writesStatus: transformer.summarise !== undefined });
    for (const kind of new Set([...outputs, ...reads])) {
      this.#caches.of(kind).onChange(({ resource }) => {
        const owner = ownerOf(resource, name);
        if (owner) queue.add(nameKey(owner.name, owner.namespace));
        for (const touched of transformer.touchedBy?.(resource, world) ?? []) {
          queue.add(nameKey(touched.name, touched.namespace));
        }
      });
    }
    this.#register({
      runnable: transformerRunnable({ transformer, world, context }),
      queue,
      context,
      workers: transformer.serial === true ? 1 : undefined,
    });
    this.#nodes.push(transformerNode(transformer));
  }

  addRealizer<R extends Resource, Host, Observed, Step extends { readonly do: string }>(
    realizer: Realizer<R, Host, Observed, Step>,
    host: Host,
  ): void {
    const { name, kind } = realizer;
    const reads = realizer.reads ?? [];
    this.#owners.claim(kind, "status", name);
    const context = this.#context(name);
    const world = this.#caches.world(name, [kind, ...reads]);
    const queue = new WorkQueue({ clock: this.#clock });
    const runnable = realizerRunnable({ realizer, host, world, context });
    this.#caches.of(kind).onChange(runnable.interrupt);
    this.#feed(kind, queue, { controller: name, writesStatus: true });
    for (const read of reads) {
      this.#caches.of(read).onChange(({ resource }) => {
        for (const touched of realizer.touchedBy?.(resource, world) ?? []) {
          queue.add(nameKey(touched.name, touched.namespace));
        }
      });
    }
    const wakes = realizer.wakes?.bind(realizer);
    this.#register({ runnable, queue, context, wakes: wakes && ((signal) => wakes(host, signal)) });
    this.#nodes.push(realizerNode(realizer));
  }

  addSensor<Host>(sensor: Sensor<Host>, host: Host): void {
    const { name, outputs } = sensor;
    for (const kind of outputs) {
      this.#owners.claim(kind, "spec", name);
      this.#owners.claim(kind, "status", name);
    }
    const context = this.#context(name);
    const queue = new WorkQueue({ clock: this.#clock });
    for (const kind of outputs) {
      this.#caches.of(kind).onChange(({ resource }) => {
        if (ownerOf(resource, name)) queue.add(name);
      });
    }
    const changes = sensor.changes.bind(sensor);
    const runnable = sensorRunnable(sensor, host, context);
    this.#register({ runnable, queue, context, wakes: (signal) => changes(host, signal), workers: 1 });
    this.#nodes.push(sensorNode(sensor));
  }

  /** A view for those who are no controllers but look at the same things; to be asked for before the start. */
  view(name: string, kinds: readonly Kind[], onChange: (changed: Resource) => void): World {
    const world = this.#caches.world(name, kinds);
    for (const kind of kinds) this.#caches.of(kind).onChange(({ resource }) => onChange(resource));
    return world;
  }

  /** Resolves when every cache holds the first list and all controllers run. */
  async start(): Promise<void> {
    const { signal } = this.#stop;
    const caches = this.#caches.all();
    for (const cache of caches) this.#running.push(cache.run(signal));
    await Promise.all(caches.map((cache) => cache.primed));
    for (const { runner, wakes, workers } of this.#controllers) {
      this.#running.push(runner.run(workers));
      if (wakes) this.#running.push(this.#listen(wakes, runner));
    }
  }

  /** Lets running steps end, and starts none. */
  async stop(): Promise<void> {
    this.#stop.abort();
    for (const { queue } of this.#controllers) queue.close();
    await Promise.allSettled(this.#running);
  }

  /** Resolves when no controller has anything to do now; what waits for a later time does not count. */
  async settled(): Promise<void> {
    // One controller's work may be another's news.
    while (this.#controllers.some(({ queue }) => queue.size > 0)) {
      for (const { queue } of this.#controllers) await queue.idle();
    }
  }

  graph(): readonly GraphNode[] {
    return this.#nodes;
  }

  /** Who writes what: `kind section` and its one writer, sorted. */
  writers(): readonly (readonly [string, string])[] {
    return this.#owners.entries();
  }

  #context(name: string): ControllerContext {
    const { store, component } = this.#options;
    const onBug = this.#options.onBug ?? (() => undefined);
    const clock = this.#clock;
    return {
      clock,
      caches: this.#caches,
      writer: new ResourceWriter(name, { store, caches: this.#caches, owners: this.#owners }),
      events: new EventRecorder({
        store,
        clock,
        component,
        onBug: (event, error) => onBug(name, event, error),
      }),
      signal: this.#stop.signal,
      onBug,
      onOrphan: this.#options.onOrphan ?? (() => undefined),
    };
  }

  /** A controller's own claim and status say nothing new to it; looking again for them would also cut every backoff short. */
  #feed(kind: Kind, queue: WorkQueue, own: { controller: string; writesStatus: boolean }): void {
    this.#caches.of(kind).onChange((change) => {
      if (isClaimOnly(change, own.controller) || (own.writesStatus && isStatusOnly(change))) return;
      queue.add(keyOf(change.resource), change.initial ? "bulk" : "urgent");
    });
  }

  #register(parts: {
    readonly runnable: Runnable;
    readonly queue: WorkQueue;
    readonly context: ControllerContext;
    readonly wakes?: ((signal: AbortSignal) => AsyncIterable<void>) | undefined;
    readonly workers?: number | undefined;
  }): void {
    const { runnable, queue, context, wakes } = parts;
    const runner = new ControllerRunner(runnable, queue, context);
    this.#controllers.push({ runner, queue, wakes, workers: parts.workers ?? this.#options.workers ?? 4 });
  }

  async #listen(
    wakes: (signal: AbortSignal) => AsyncIterable<void>,
    runner: ControllerRunner,
  ): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        for await (const _ of wakes(signal)) runner.lookAtAll();
        if (signal.aborted) return;
      } catch (error) {
        if (signal.aborted) return;
        this.#options.onBug?.("sensor", "wakes", error);
      }
      // The source of wakes was lost; look once at everything, and listen again.
      await pause(this.#clock, 1000, signal);
      runner.lookAtAll();
    }
  }
}

import {
  type Cancellation,
  type ContainerDefinition,
  type ContainerHost,
  type ContainerState,
  type ExecRequest,
  type ExecResult,
  HostError,
  type Limits,
} from "@freehold/agent-ports";

import { ChangeFeed } from "./change-feed.ts";
import type { FakeLinkHost } from "./fake-link-host.ts";
import type { FakeMountHost } from "./fake-mount-host.ts";
import type { FaultGate } from "./fault-gate.ts";

interface FakeContainer {
  readonly definition: ContainerDefinition;
  readonly starts: number;
  readonly running?: {
    readonly definition: ContainerDefinition;
    readonly pid: number;
    readonly limits: Limits;
  };
  readonly lastExit?: { readonly at: string; readonly description: string };
}

/** Answers to programs run in a container; nothing is written and the code is 0 unless a test says otherwise. */
export type ExecAnswer = (name: string, request: ExecRequest) => ExecResult;

const nothing = new Uint8Array();

/** Containers in memory, which start if a root is mounted and the bridge exists. Time is the number of starts and ends. */
export class FakeContainerHost implements ContainerHost {
  readonly containersByName = new Map<string, FakeContainer>();
  answer: ExecAnswer = () => ({ code: 0, stdout: nothing, stderr: nothing });
  readonly #gate: FaultGate;
  readonly #mounts: FakeMountHost;
  readonly #links: FakeLinkHost;
  readonly #feed = new ChangeFeed();
  #ticks = 0;

  constructor(gate: FaultGate, mounts: FakeMountHost, links: FakeLinkHost) {
    this.#gate = gate;
    this.#mounts = mounts;
    this.#links = links;
  }

  async container(name: string): Promise<ContainerState | undefined> {
    const found = this.containersByName.get(checked(name));
    if (!found) return undefined;
    const { definition, starts, running, lastExit } = found;
    const network = running?.definition.network;
    return {
      name,
      state: running ? "running" : "stopped",
      definition,
      ...(running ? { initPid: running.pid, startedAt: timeOf(running.pid) } : {}),
      starts,
      limits: running?.limits ?? {},
      linked: network !== undefined && this.#links.portsOf(network.bridge).includes(network.hostLink),
      ...(lastExit ? { lastExit } : {}),
    };
  }

  async containers(): Promise<readonly string[]> {
    return [...this.containersByName.keys()].toSorted();
  }

  async create(definition: ContainerDefinition): Promise<void> {
    const { name } = definition;
    const found = this.containersByName.get(checked(name));
    if (found && JSON.stringify(found.definition) === JSON.stringify(definition)) return;
    this.#gate.mutate("create", () => this.containersByName.set(name, { starts: 0, ...found, definition }));
  }

  async start(name: string): Promise<void> {
    const found = this.#found(name);
    if (found.running) return;
    const { definition } = found;
    const refuse = (reason: string): HostError =>
      new HostError("failed", `Cannot start "${name}": ${reason}`);
    if (!this.#mounts.mounts.some(({ target }) => target === definition.rootfs)) {
      throw refuse(`nothing is mounted at "${definition.rootfs}"`);
    }
    if (!this.#links.hasBridge(definition.network.bridge))
      throw refuse(`no bridge "${definition.network.bridge}"`);
    for (const { source } of definition.binds) {
      const there = (await this.#mounts.directory(source)) ?? (await this.#mounts.readText(source));
      if (there === undefined) throw new HostError("missing", `Cannot start "${name}": no "${source}"`);
    }
    this.#gate.mutate("start", () => {
      const running = { definition, pid: 1000 + this.#ticks++, limits: definition.limits };
      this.containersByName.set(name, { ...found, starts: found.starts + 1, running });
      this.#links.join(definition.network.hostLink, definition.network.bridge);
      this.#feed.notify();
    });
  }

  async stop(name: string, _graceMs: number): Promise<void> {
    if (!this.containersByName.get(checked(name))?.running) return;
    this.#gate.mutate("stop", () => this.end(name, "stopped"));
  }

  async setLimits(name: string, limits: Limits): Promise<void> {
    const { running } = this.#running(name);
    if (JSON.stringify(running.limits) === JSON.stringify(limits)) return;
    this.#gate.mutate("setLimits", () => this.holdLimits(name, limits));
  }

  async relink(name: string): Promise<void> {
    const { hostLink, bridge } = this.#running(name).running.definition.network;
    if (!this.#links.hasBridge(bridge)) {
      throw new HostError("missing", `Cannot link "${name}": no bridge "${bridge}"`);
    }
    if (this.#links.portsOf(bridge).includes(hostLink)) return;
    this.#gate.mutate("relink", () => this.#links.join(hostLink, bridge));
  }

  async destroy(name: string): Promise<void> {
    const found = this.containersByName.get(checked(name));
    if (!found) return;
    if (found.running) throw new HostError("busy", `Cannot destroy "${name}": it runs`);
    this.#gate.mutate("destroy", () => this.containersByName.delete(name));
  }

  async exec(name: string, request: ExecRequest, cancellation: Cancellation): Promise<ExecResult> {
    this.#running(name);
    if (cancellation.aborted) throw new HostError("interrupted", `Cannot run in "${name}": cancelled`);
    return this.answer(name, request);
  }

  logPath(name: string): string {
    return `/fake/containers/${checked(name)}/log`;
  }

  changes(cancellation: Cancellation): AsyncIterable<void> {
    return this.#feed.changes(cancellation);
  }

  /** Ends a container as if by itself, with all that was mounted below its shared binds. */
  end(name: string, description = "ended by itself"): void {
    const { definition, starts, running } = this.#running(name);
    const lastExit = { at: timeOf(1000 + this.#ticks++), description };
    this.containersByName.set(name, { definition, starts, lastExit });
    this.#links.leave(running.definition.network.hostLink);
    for (const { source, propagation } of running.definition.binds) {
      if (propagation !== "shared") continue;
      const left = this.#mounts.mounts.filter(({ target }) => target.startsWith(`${source}/`));
      for (const { target } of left) this.#mounts.drop(target);
    }
    this.#feed.notify();
  }

  /** Changes the limits in the kernel, as somebody else on the machine might. */
  holdLimits(name: string, limits: Limits): void {
    const found = this.#running(name);
    this.containersByName.set(name, { ...found, running: { ...found.running, limits } });
    this.#feed.notify();
  }

  #found(name: string): FakeContainer {
    const found = this.containersByName.get(checked(name));
    if (found) return found;
    throw new HostError("missing", `Cannot use "${name}": it has no definition`);
  }

  #running(name: string): FakeContainer & { readonly running: NonNullable<FakeContainer["running"]> } {
    const found = this.containersByName.get(checked(name));
    if (found?.running) return { ...found, running: found.running };
    throw new HostError("missing", `Cannot reach "${name}": it does not run`);
  }
}

function timeOf(tick: number): string {
  return new Date(tick * 1000).toISOString();
}

function checked(name: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9-]{0,62}$/.test(name)) return name;
  throw new HostError("invalid", `Cannot use container "${name}": not letters, digits and "-", at most 63`);
}

import type { Host, MachineFacts } from "@freehold/agent-ports";

import { FakeArchiveHost } from "./fake-archive-host.ts";
import { FakeContainerHost } from "./fake-container-host.ts";
import { FakeLinkHost } from "./fake-link-host.ts";
import { FakeMountHost } from "./fake-mount-host.ts";
import { FakePacketHost } from "./fake-packet-host.ts";
import { FakeRuntimeHost } from "./fake-runtime-host.ts";
import { type FailAt, FaultGate } from "./fault-gate.ts";

/** All that exists on the fake machine, comparable: what is here after everything was deleted is a leak. */
export interface FakeWorld {
  readonly directories: readonly string[];
  readonly files: readonly string[];
  readonly mounts: readonly string[];
  readonly containers: readonly string[];
  readonly links: readonly string[];
  readonly tables: readonly string[];
  readonly archives: readonly string[];
  readonly sockets: readonly string[];
}

export const fakeFacts: MachineFacts = {
  architecture: "x86_64",
  kernel: "6.12.0",
  os: "Fake",
  cgroups: "v2",
  memoryBytes: 8 * 2 ** 30,
  cpus: 4,
  features: {},
};

/** A machine in memory: deterministic, without clock or input and output. Passes the suites that the Linux host passes. */
export class FakeHost implements Host {
  readonly mounts: FakeMountHost;
  readonly containers: FakeContainerHost;
  readonly links: FakeLinkHost;
  readonly packets: FakePacketHost;
  readonly archives: FakeArchiveHost;
  readonly runtime = new FakeRuntimeHost();
  readonly machine: Host["machine"];
  readonly #gate: FaultGate;

  constructor(options: { readonly failAt?: FailAt; readonly facts?: Partial<MachineFacts> } = {}) {
    this.#gate = new FaultGate(options.failAt ?? (() => false));
    this.mounts = new FakeMountHost(this.#gate);
    this.links = new FakeLinkHost(this.#gate);
    this.packets = new FakePacketHost(this.#gate);
    this.archives = new FakeArchiveHost(this.#gate, this.mounts);
    this.containers = new FakeContainerHost(this.#gate, this.mounts, this.links);
    const facts = { ...fakeFacts, ...options.facts };
    this.machine = { facts: async () => facts };
  }

  /** Changes made so far; a controller that is settled makes no more. */
  get mutations(): number {
    return this.#gate.count;
  }

  snapshot(): FakeWorld {
    return {
      directories: [...this.mounts.directories.keys()].toSorted(),
      files: [...this.mounts.files.keys()].toSorted(),
      mounts: this.mounts.mounts.map(({ target, type, source }) => `${target} ${type} ${source}`).toSorted(),
      containers: [...this.containers.containersByName.keys()].toSorted(),
      links: [...this.links.bridges.keys(), ...this.links.ports.keys()].toSorted(),
      tables: [...this.packets.tables.keys()].toSorted(),
      archives: [...this.archives.kept.keys()].toSorted(),
      sockets: [...this.runtime.handlers.keys()].toSorted(),
    };
  }
}

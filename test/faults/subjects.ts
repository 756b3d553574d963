import type { Kind, Resource } from "@freehold/apis";
import { bridgeKind, packetRulesKind } from "@freehold/apis/network";
import { archiveKind } from "@freehold/apis/package";
import { volumeKind } from "@freehold/apis/storage";
import { containerKind, containerNameOf } from "@freehold/apis/workload";

import { FILE, type MachineFixture } from "./machine-fixture.ts";

/** One realizer under test: what must be there before, its object, an edit, and what somebody else may do to the machine. */
export interface Subject {
  readonly name: string;
  readonly kind: Kind;
  readonly object: Resource;
  readonly edited: unknown;
  /** What stays by design when the object goes. */
  readonly keeps?: readonly string[];
  prepare(f: MachineFixture): Promise<void>;
  /** How the machine is, in what the object is about; and how it must be. */
  fact(f: MachineFixture): unknown;
  readonly wanted: unknown;
  /** Harm to the world, before the object is made or while it is kept. */
  readonly harms: readonly ((f: MachineFixture) => void | Promise<void>)[];
}

const bridge = bridgeKind.draft({ name: "m1" }, { machine: "m1", cidr: "10.77.0.1/16" });
const archive = archiveKind.draft({ name: "hello" }, { machine: "m1", file: FILE });
const volume = volumeKind.draft({ name: "data", namespace: "default" }, { machine: "m1", retain: false });
const containerSpec = {
  machine: "m1",
  package: "web",
  packageId: "hello-world",
  archive: "hello",
  images: ["main"],
  volumes: [{ id: "main", volume: "data" }],
  uidBase: 524_288,
  ipv4: "10.77.0.9",
  running: true,
  limits: { memoryBytes: 1 << 28 },
};
const container = containerKind.draft({ name: "web", namespace: "default" }, containerSpec);
const rules = {
  machine: "m1",
  subnet: "10.77.0.0/16",
  forwards: [{ protocol: "tcp" as const, hostPort: 8080, address: "10.77.0.9", port: 80 }],
  allowed: [],
};

const make = async (f: MachineFixture, kind: Kind, object: Resource): Promise<void> => {
  await f.create(kind, object.metadata.name, object.spec, object.metadata.namespace);
};

const nothing = async (): Promise<void> => undefined;

export const subjects: readonly Subject[] = [
  {
    name: "network.bridge",
    kind: bridgeKind,
    object: bridge,
    edited: { machine: "m1", cidr: "10.99.0.1/16" },
    prepare: nothing,
    fact: (f) => f.host.links.bridge("fhbr0"),
    wanted: { name: "fhbr0", up: true, addresses: ["10.77.0.1/16"], ports: [] },
    harms: [
      async (f) => f.host.links.removeLink("fhbr0"),
      async (f) => f.host.links.ensureBridge("fhbr0", "192.0.2.1/24"),
    ],
  },
  {
    name: "network.packet-rules",
    kind: packetRulesKind,
    object: packetRulesKind.draft({ name: "m1" }, rules),
    edited: { ...rules, forwards: [] },
    prepare: nothing,
    fact: (f) => f.host.packets.table("freehold"),
    wanted: { bridge: "fhbr0", subnet: rules.subnet, forwards: rules.forwards, allowed: [] },
    harms: [(f) => f.host.packets.tamper("freehold"), async (f) => f.host.packets.removeTable("freehold")],
  },
  {
    name: "storage.volume",
    kind: volumeKind,
    object: volume,
    edited: { machine: "m1", retain: false, size: "1Gi" },
    prepare: nothing,
    fact: async (f) => (await f.host.mounts.mountsBelow("/data/volumes/default/data"))[0]?.propagation,
    wanted: "shared",
    harms: [
      async (f) => f.host.mounts.makeDirectory("/data/volumes/default/data"),
      (f) => f.host.mounts.drop("/data/volumes/default/data"),
    ],
  },
  {
    name: "package.archive",
    kind: archiveKind,
    object: archive,
    edited: { machine: "m1", file: FILE, rootHash: "ab".repeat(32) },
    prepare: nothing,
    fact: async (f) => [
      (await f.host.mounts.mountsBelow("/data/images/hello")).map(
        ({ target, readOnly }) => `${target} ${readOnly}`,
      ),
      await f.host.mounts.readText("/data/images/hello/images/main.env"),
    ],
    wanted: [
      ["assets", "images/main", "javascript"].map((place) => `/data/images/hello/${place} true`),
      "A=1",
    ],
    harms: [
      async (f) => f.host.mounts.makeDirectory("/data/images/hello/javascript"),
      (f) => f.host.mounts.drop("/data/images/hello/images/main"),
      (f) => f.host.mounts.drop("/data/images/hello/assets"),
    ],
  },
  {
    name: "workload.container",
    kind: containerKind,
    object: container,
    // One for all containers.
    keeps: ["directories /data/runtime/root", "mounts /data/runtime/root squashfs /runtime.erofs"],
    edited: { ...containerSpec, ipv4: "10.77.0.10", limits: { memoryBytes: 1 << 27 } },
    prepare: async (f) => {
      const { rpc } = f.layout.container(container);
      f.host.runtime.runtimes.set(rpc, async () => null);
      await make(f, bridgeKind, bridge);
      await make(f, archiveKind, archive);
      await make(f, volumeKind, volume);
    },
    fact: async (f) => {
      const found = await f.host.containers.container(containerNameOf(container));
      return [found?.state, found?.linked, found?.limits, found?.definition?.network.address];
    },
    wanted: ["running", true, { pids: 4096, memoryBytes: 1 << 28 }, "10.77.0.9/16"],
    harms: [
      (f) => {
        const name = containerNameOf(container);
        if (f.host.containers.containersByName.get(name)?.running) f.host.containers.end(name);
      },
      (f) => {
        const name = containerNameOf(container);
        if (f.host.containers.containersByName.get(name)?.running)
          f.host.containers.holdLimits(name, { pids: 7 });
      },
      async (f) => f.host.mounts.makeDirectory(f.layout.container(container).upper),
      (f) => f.host.mounts.drop(f.layout.container(container).rootfs),
      async (f) => f.restart(),
    ],
  },
];

import { Type } from "typebox";

import { commonStatus, flag, label, text, time, whole } from "../meta/fields.ts";
import { defineKind } from "../meta/kind.ts";

const volume = Type.Object({
  id: label("Volume id within the package."),
  volume: label("The Volume, of the same namespace."),
});

const limits = Type.Object(
  {
    memoryBytes: Type.Optional(whole("Most memory.")),
    cpuMillis: Type.Optional(whole("Most processor time, in thousandths of a core.")),
    pids: Type.Optional(whole("Most processes and threads.")),
  },
  { description: "Changed live." },
);

export const containerKind = defineKind({
  group: "workload.freehold.dev",
  version: "v1alpha1",
  kind: "Container",
  scope: "Namespaced",
  tier: "derived",
  description: "One LXC container on one machine. Named as the Package.",
  spec: Type.Object({
    machine: label("The machine it runs on."),
    package: label("The Package it serves."),
    packageId: label("The package's own id, from its manifest."),
    archive: text("The Archive it runs."),
    images: Type.Array(label("Image id."), {
      description: "Images of the archive it may use.",
      "x-kubernetes-list-type": "set",
    }),
    volumes: Type.Array(volume, {
      description: "What it sees under /media/startos/volumes.",
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["id"],
    }),
    uidBase: whole("First host uid and gid of its range of 65536.", 65536),
    ipv4: text("Its address on the bridge."),
    running: flag("Whether the package's main should run."),
    limits: Type.Optional(limits),
  }),
  status: Type.Object({
    ...commonStatus,
    pid: Type.Optional(whole("Host pid of its init.")),
    started: Type.Optional(time("When its init began.")),
    mainStarted: Type.Optional(time("When the package's main began.")),
    starts: Type.Optional(whole("How often it was started.")),
    lastExit: Type.Optional(text("How it ended the last time.")),
    error: Type.Optional(text("What the package's code answered when it failed.")),
  }),
  immutable: ["spec.machine", "spec.uidBase"],
  restarts: ["spec.archive", "spec.images", "spec.volumes", "spec.ipv4"],
  columns: [
    { name: "Archive", type: "string", jsonPath: ".spec.archive" },
    { name: "Pid", type: "integer", jsonPath: ".status.pid" },
    { name: "Address", type: "string", jsonPath: ".spec.ipv4" },
    { name: "Ready", type: "string", jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
  ],
  reasons: {
    Ready: { text: "It runs as wished.", next: "Nothing to do." },
    ArchiveNotReady: { text: "Its archive is not mounted yet.", next: "See the Archive." },
    VolumeNotReady: { text: "A volume is not there yet.", next: "See the Volume." },
    BridgeNotReady: { text: "The machine's bridge is not there yet.", next: "See the Bridge." },
    Starting: { text: "It is being started.", next: "Wait." },
    CrashLoop: { text: "It ended by itself several times.", next: "Read its logs." },
    PackageFailed: { text: "The package's own code failed.", next: "Read status.error and the logs." },
  },
});

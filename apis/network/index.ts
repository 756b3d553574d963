import { Type } from "typebox";

import { anything, commonStatus, flag, label, port, text, word } from "../meta/fields.ts";
import { defineKind } from "../meta/kind.ts";

const networkGroup = { group: "network.freehold.dev", version: "v1alpha1" } as const;

export const bindingKind = defineKind({
  ...networkGroup,
  kind: "Binding",
  scope: "Namespaced",
  tier: "derived",
  description: "A port of a package that may be reached from outside.",
  spec: Type.Object({
    package: label("The Package it belongs to."),
    hostId: text("The package's name for this host."),
    internalPort: port("The port inside the container."),
    preferredExternalPort: port("The port wished outside."),
    addSsl: Type.Optional(anything("TLS options, as the package gave them.")),
    secure: Type.Optional(anything("Whether the protocol is safe by itself, as the package gave it.")),
    enabled: flag("False keeps the port reserved but serves nothing.", true),
  }),
  status: Type.Object({
    ...commonStatus,
    assignedPort: Type.Optional(port("The port outside; kept once given.")),
    address: Type.Optional(text("The container's address.")),
  }),
  columns: [
    { name: "Package", type: "string", jsonPath: ".spec.package" },
    { name: "Inside", type: "integer", jsonPath: ".spec.internalPort" },
    { name: "Outside", type: "integer", jsonPath: ".status.assignedPort" },
  ],
  reasons: {
    Ready: { text: "It has a port outside.", next: "Nothing to do." },
    NoFreePort: { text: "Every port that could be given is taken.", next: "Remove a binding." },
  },
});

export const bridgeKind = defineKind({
  ...networkGroup,
  kind: "Bridge",
  scope: "Cluster",
  tier: "derived",
  description: "The link that joins a machine's containers. Named as the Machine.",
  spec: Type.Object({
    machine: label("The machine it is on."),
    cidr: text("The machine's own address on it, with prefix length: 10.77.0.1/16."),
  }),
  status: Type.Object({ ...commonStatus }),
  immutable: ["spec.machine"],
  columns: [{ name: "Address", type: "string", jsonPath: ".spec.cidr" }],
  reasons: { Ready: { text: "The link is up and has its address.", next: "Nothing to do." } },
});

const forward = Type.Object({
  protocol: word("Transport.", ["tcp", "udp"]),
  hostPort: port("Port on the machine."),
  address: text("Container's address."),
  port: port("Port inside."),
});

export const packetRulesKind = defineKind({
  ...networkGroup,
  kind: "PacketRules",
  plural: "packetrules",
  scope: "Cluster",
  tier: "derived",
  description: "What the machine's one nftables table must hold. Named as the Machine.",
  spec: Type.Object({
    machine: label("The machine it is on."),
    subnet: text("The containers' subnet in CIDR."),
    forwards: Type.Array(forward, { description: "Ports of the machine given to containers." }),
    allowed: Type.Array(
      Type.Object({ from: text("Container's address."), to: text("Container's address.") }),
      {
        description: "Containers that may open connections to others; all else between them is dropped.",
      },
    ),
  }),
  status: Type.Object({ ...commonStatus }),
  immutable: ["spec.machine"],
  reasons: { Ready: { text: "The table in the kernel is the one wished.", next: "Nothing to do." } },
});

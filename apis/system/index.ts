import { Type } from "typebox";

import { commonStatus, map, text, whole } from "../meta/fields.ts";
import { defineKind } from "../meta/kind.ts";

export const machineKind = defineKind({
  group: "system.freehold.dev",
  version: "v1alpha1",
  kind: "Machine",
  scope: "Cluster",
  tier: "derived",
  description: "A computer whose agent has joined.",
  spec: Type.Object({
    architecture: text("As uname -m."),
    bridgeCidr: text("The machine's own address among its containers, with prefix length."),
    dataPath: text("Where it keeps everything."),
  }),
  status: Type.Object({
    ...commonStatus,
    kernel: Type.Optional(text("Release of the running kernel.")),
    os: Type.Optional(text("Name and version of the distribution.")),
    cgroups: Type.Optional(text("v1 or v2.")),
    memoryBytes: Type.Optional(whole("Memory in all.")),
    cpus: Type.Optional(whole("Processors.")),
    addresses: Type.Optional(Type.Array(Type.String(), { description: "Addresses that others can reach." })),
    features: Type.Optional(map("What was probed: feature → how it is done here.")),
  }),
  columns: [
    { name: "Kernel", type: "string", jsonPath: ".status.kernel" },
    { name: "Cgroups", type: "string", jsonPath: ".status.cgroups" },
    { name: "Addresses", type: "string", jsonPath: ".status.addresses[0]" },
  ],
});
export { accessTokenKind, passwordKind, sessionKind, personKind } from "./people.ts";
export { ContainerLayout, Layout } from "./layout.ts";

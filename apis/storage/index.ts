import { Type } from "typebox";

import { commonStatus, flag, label, quantity, text, whole } from "../meta/fields.ts";
import { defineKind } from "../meta/kind.ts";

export const volumeKind = defineKind({
  group: "storage.freehold.dev",
  version: "v1alpha1",
  kind: "Volume",
  scope: "Namespaced",
  tier: "public",
  shortNames: ["vol"],
  categories: ["all"],
  description: "A folder of data that outlives what uses it.",
  spec: Type.Object({
    machine: label("The machine that keeps it."),
    size: Type.Optional(quantity("Most bytes it may hold.")),
    retain: flag("Whether the data stays when the Volume is deleted.", true),
  }),
  status: Type.Object({
    ...commonStatus,
    path: Type.Optional(text("Where it is on the machine.")),
    usedBytes: Type.Optional(whole("Bytes in use when last looked.")),
  }),
  immutable: ["spec.machine"],
  columns: [
    { name: "Retain", type: "boolean", jsonPath: ".spec.retain" },
    { name: "Path", type: "string", jsonPath: ".status.path" },
    { name: "Ready", type: "string", jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
  ],
  reasons: {
    Ready: { text: "The folder is there.", next: "Nothing to do." },
    InUse: { text: "A container still uses it.", next: "Stop or delete the package." },
  },
});

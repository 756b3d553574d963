import { Type } from "typebox";

import { anything, bytesMap, map, text, whole } from "../meta/fields.ts";
import { defineBareKind, defineKind } from "../meta/kind.ts";

export { serviceAccountKind } from "./service-account.ts";

const core = { group: "", version: "v1", tier: "builtin" } as const;

export const namespaceKind = defineKind({
  ...core,
  kind: "Namespace",
  scope: "Cluster",
  shortNames: ["ns"],
  description: "A scope for names. Deleting it deletes everything in it.",
  spec: Type.Object({
    finalizers: Type.Optional(Type.Array(Type.String(), { description: "What must run before removal." })),
  }),
  specOptional: true,
  status: Type.Object({ phase: Type.Optional(text("Active or Terminating.")) }),
  columns: [{ name: "Status", type: "string", jsonPath: ".status.phase" }],
});

export const secretKind = defineBareKind({
  ...core,
  kind: "Secret",
  scope: "Namespaced",
  secret: true,
  description: "Confidential data, encrypted at rest.",
  properties: {
    data: bytesMap("Values in base64."),
    stringData: map("Values as text; written into data, never read back."),
    type: Type.String({ description: "What the data is for.", default: "Opaque" }),
    immutable: Type.Boolean({ description: "Whether the data may never change." }),
  },
  columns: [{ name: "Type", type: "string", jsonPath: ".type" }],
});

export const configMapKind = defineBareKind({
  ...core,
  kind: "ConfigMap",
  scope: "Namespaced",
  shortNames: ["cm"],
  description: "Data that is not confidential.",
  properties: {
    data: map("Values as text."),
    binaryData: bytesMap("Values in base64."),
    immutable: Type.Boolean({ description: "Whether the data may never change." }),
  },
});

const objectReference = Type.Object(
  {
    apiVersion: Type.Optional(Type.String()),
    kind: Type.Optional(Type.String()),
    namespace: Type.Optional(Type.String()),
    name: Type.Optional(Type.String()),
    uid: Type.Optional(Type.String()),
    resourceVersion: Type.Optional(Type.String()),
    fieldPath: Type.Optional(Type.String()),
  },
  { description: "The object this is about.", "x-kubernetes-map-type": "atomic" },
);

/** Kubernetes writes null for a time that was never set. */
const eventTime = (description: string) => Type.Union([Type.String(), Type.Null()], { description });

export const eventKind = defineBareKind({
  ...core,
  kind: "Event",
  scope: "Namespaced",
  shortNames: ["ev"],
  description: "Something that happened to an object; kept for a short time.",
  selectableFields: [
    "involvedObject.kind",
    "involvedObject.namespace",
    "involvedObject.name",
    "involvedObject.uid",
    "involvedObject.apiVersion",
    "involvedObject.resourceVersion",
    "involvedObject.fieldPath",
    "reason",
    "reportingComponent",
    "source",
    "type",
  ],
  properties: {
    involvedObject: objectReference,
    reason: text("A word of the kind's documented reasons."),
    message: text("What happened, for people."),
    source: Type.Object(
      { component: Type.Optional(Type.String()), host: Type.Optional(Type.String()) },
      { description: "Who says so." },
    ),
    firstTimestamp: eventTime("When it was first seen."),
    lastTimestamp: eventTime("When it was last seen."),
    count: whole("How often it was seen."),
    type: text("Normal or Warning."),
    eventTime: eventTime("When it happened."),
    series: anything("Kubernetes' series; kept as given."),
    action: text("What was done."),
    related: objectReference,
    reportingComponent: text("The controller that says so."),
    reportingInstance: text("Its machine."),
  },
  columns: [
    { name: "Last Seen", type: "date", jsonPath: ".lastTimestamp" },
    { name: "Type", type: "string", jsonPath: ".type" },
    { name: "Reason", type: "string", jsonPath: ".reason" },
    { name: "Object", type: "string", jsonPath: ".involvedObject.name" },
    { name: "Count", type: "integer", jsonPath: ".count", priority: 1 },
    { name: "Message", type: "string", jsonPath: ".message" },
  ],
});

export const leaseKind = defineKind({
  group: "coordination.k8s.io",
  version: "v1",
  tier: "builtin",
  kind: "Lease",
  scope: "Namespaced",
  description: "Who leads, and until when.",
  spec: Type.Object({
    holderIdentity: Type.Optional(text("Who holds it.")),
    leaseDurationSeconds: Type.Optional(whole("How long it holds unrenewed.")),
    acquireTime: Type.Optional(eventTime("When it was taken.")),
    renewTime: Type.Optional(eventTime("When it was last renewed.")),
    leaseTransitions: Type.Optional(whole("How often it changed hands.")),
    preferredHolder: Type.Optional(text("Who should hold it next.")),
    strategy: Type.Optional(text("How the holder is chosen.")),
  }),
  specOptional: true,
  status: Type.Object({}),
  columns: [{ name: "Holder", type: "string", jsonPath: ".spec.holderIdentity" }],
});

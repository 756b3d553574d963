import { Type } from "typebox";

import { commonStatus, flag, label, map, quantity, text, time, whole, word } from "../meta/fields.ts";
import { defineKind } from "../meta/kind.ts";
import { packageGroup } from "./group.ts";

const source = Type.Object(
  {
    file: Type.Optional(
      Type.String({ description: "Absolute path of an .s9pk on the machine.", pattern: "^/" }),
    ),
    archive: Type.Optional(
      Type.String({
        description: "Root hash (64 hexadecimal digits) of an archive that was uploaded.",
        pattern: "^[0-9a-f]{64}$",
      }),
    ),
  },
  {
    description: "Where the package comes from: exactly one of these.",
    minProperties: 1,
    maxProperties: 1,
    // Two managers that each gave one of them would make an object that has both.
    "x-kubernetes-map-type": "atomic",
  },
);

const resources = Type.Object(
  {
    memory: Type.Optional(quantity("Most memory, for example 512Mi.")),
    cpu: Type.Optional(quantity("Most processor time in cores, for example 500m.")),
    pids: Type.Optional(whole("Most processes and threads.", 16, 1_000_000)),
  },
  { description: "Limits, applied while it runs." },
);

const healthCheck = Type.Object({
  name: text("What is checked, for people."),
  result: word("What was found.", ["success", "disabled", "starting", "waiting", "loading", "failure"]),
  message: Type.Optional(text("Details.")),
});

const spec = Type.Object({
  source,
  running: flag("Whether it should run.", true),
  machine: Type.Optional(label("The machine it runs on; the only one when there is one.")),
  resources: Type.Optional(resources),
  dependencies: Type.Optional(map("Package id of a dependency → name of the Package that serves it.")),
  signer: Type.Optional(
    Type.String({ description: "Public key that must have signed it.", pattern: "^[0-9a-f]{64}$" }),
  ),
});

const status = Type.Object({
  ...commonStatus,
  phase: Type.Optional(
    word("In one word.", ["Installing", "Starting", "Running", "Stopping", "Stopped", "Failed", "Removing"]),
  ),
  id: Type.Optional(text("The package's own id.")),
  title: Type.Optional(text("The package's title.")),
  version: Type.Optional(text("Installed version (exver).")),
  archive: Type.Optional(text("Root hash of the installed archive.")),
  started: Type.Optional(time("When its main began.")),
  health: Type.Optional(Type.Record(Type.String(), healthCheck, { description: "Per check." })),
  unmet: Type.Optional(Type.Array(Type.String(), { description: "Dependencies that are not satisfied." })),
  urls: Type.Optional(Type.Array(Type.String(), { description: "Where its interfaces answer." })),
  error: Type.Optional(text("The last thing that went wrong.")),
});

export const packageKind = defineKind({
  ...packageGroup,
  kind: "Package",
  scope: "Namespaced",
  tier: "public",
  shortNames: ["pkg"],
  categories: ["all"],
  description: "A package installed on this server.",
  spec,
  status,
  // Names of what is derived from it begin with its own, and some of them are label values, of 63 at most.
  longestName: 40,
  columns: [
    { name: "Version", type: "string", jsonPath: ".status.version" },
    { name: "Phase", type: "string", jsonPath: ".status.phase" },
    { name: "Ready", type: "string", jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
    { name: "URL", type: "string", jsonPath: ".status.urls[0]" },
    {
      name: "Message",
      type: "string",
      jsonPath: '.status.conditions[?(@.type=="Ready")].message',
      priority: 1,
    },
  ],
  reasons: {
    Ready: { text: "It runs, and every health check passes.", next: "Nothing to do." },
    Stopping: { text: "It is being stopped, as wished.", next: "Wait." },
    Stopped: { text: "It is stopped, as wished.", next: "Set spec.running to true to start it." },
    Installing: {
      text: "The archive is being read and verified.",
      next: "Wait; status.progress tells how far it is.",
    },
    NotUploaded: {
      text: "The archive named by spec.source.archive is not on the server.",
      next: "Upload it: freehold install FILE.",
    },
    Starting: { text: "The container or the package's main is starting.", next: "Wait, or read its logs." },
    HealthChecks: {
      text: "It runs, but a health check does not pass.",
      next: "Read status.health and the logs.",
    },
    UnmetDependency: {
      text: "A package it needs is missing, stopped or of a wrong version.",
      next: "Install or start what status.unmet names.",
    },
    SignerChanged: {
      text: "The archive is signed by another key than spec.signer.",
      next: "Check who signed it; set spec.signer if you agree.",
    },
    ArchiveFailed: {
      text: "The archive cannot be used.",
      next: "Read the message of the Archive named in it.",
    },
    NoMachine: { text: "No machine has joined, or the one named is unknown.", next: "Start an agent." },
    Removing: { text: "It is being stopped and removed; data is kept.", next: "Wait." },
  },
});

import { Type } from "typebox";

import { anything, commonStatus, label, text, whole } from "../meta/fields.ts";
import { defineKind } from "../meta/kind.ts";
import { packageGroup } from "./group.ts";

export const archiveKind = defineKind({
  ...packageGroup,
  kind: "Archive",
  scope: "Cluster",
  tier: "derived",
  description: "A verified S9PK archive on a machine.",
  spec: Type.Object({
    machine: label("The machine that keeps it."),
    file: Type.Optional(
      text("Absolute path it is read from; without it, it is fetched from the server's uploads."),
    ),
    rootHash: Type.Optional(text("What its root hash must be, in hexadecimal.")),
  }),
  status: Type.Object({
    ...commonStatus,
    rootHash: Type.Optional(text("Root hash, in hexadecimal.")),
    signer: Type.Optional(text("Public key that signed it, in hexadecimal.")),
    sizeBytes: Type.Optional(whole("Size of the file.")),
    manifest: Type.Optional(anything("The package's manifest.json.")),
  }),
  immutable: ["spec.machine"],
  columns: [
    { name: "Package", type: "string", jsonPath: ".status.manifest.id" },
    { name: "Version", type: "string", jsonPath: ".status.manifest.version" },
    { name: "Size", type: "integer", jsonPath: ".status.sizeBytes" },
    { name: "Ready", type: "string", jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
  ],
  reasons: {
    Ready: { text: "Every byte was verified, and the images are mounted.", next: "Nothing to do." },
    Importing: {
      text: "It is being copied and verified.",
      next: "Wait; status.progress tells how far it is.",
    },
    Fetching: {
      text: "It is being fetched from the server and verified.",
      next: "Wait; status.progress tells how far it is.",
    },
    NotUploaded: {
      text: "The server has no upload of that root hash, or it expired.",
      next: "Upload it: freehold install FILE.",
    },
    Missing: { text: "There is no file at spec.file.", next: "Put the archive there, or correct the path." },
    Corrupt: {
      text: "A hash or the signature does not match.",
      next: "Get the archive again from its publisher.",
    },
    NotAnArchive: { text: "The file is no S9PK of version 2.", next: "Check that the path names a package." },
    WrongArchitecture: { text: "It has no image for this machine.", next: "Get the build for this machine." },
    InUse: { text: "A container still uses it.", next: "Wait until the container is gone." },
  },
});

import { Type } from "typebox";

import { flag, text, time } from "../meta/fields.ts";
import { defineKind } from "../meta/kind.ts";

/** Who signs in, and with what. */
const system = { group: "system.freehold.dev", version: "v1alpha1", scope: "Cluster" } as const;

const groups = Type.Array(Type.String(), { description: "Groups roles are given to.", default: [] });
const hash = text("SHA-256 of the secret part, in hexadecimal.");

export const personKind = defineKind({
  ...system,
  // Not `users`: Kubernetes means by that whom one may impersonate, and kubectl would take one for the other.
  kind: "Person",
  plural: "people",
  tier: "public",
  description:
    "Somebody who signs in with a password, as the user of this name. Who writes one must be allowed to impersonate it.",
  spec: Type.Object({
    fullName: Type.Optional(text("As the person wants to be called.")),
    groups,
    disabled: flag("Whether the person is kept out.", false),
  }),
  status: Type.Object({}),
  columns: [
    { name: "Full Name", type: "string", jsonPath: ".spec.fullName" },
    { name: "Groups", type: "string", jsonPath: ".spec.groups[*]" },
    { name: "Disabled", type: "boolean", jsonPath: ".spec.disabled" },
  ],
});

export const passwordKind = defineKind({
  ...system,
  kind: "Password",
  tier: "derived",
  secret: true,
  description:
    "What a User's password is checked against. Named as the Person; set by signing in, encrypted at rest.",
  spec: Type.Object({ hash: text("Argon2id, in the PHC string format.") }),
  status: Type.Object({}),
});

export const sessionKind = defineKind({
  ...system,
  kind: "Session",
  tier: "derived",
  description: "A browser a Person is signed in with. Deleting it signs that browser out.",
  spec: Type.Object({
    user: text("Who is signed in."),
    tokenHash: hash,
    expires: time("When it ends."),
    from: Type.Optional(text("Address it was begun from.")),
    userAgent: Type.Optional(text("Browser it was begun with, as it calls itself.")),
  }),
  status: Type.Object({}),
  immutable: ["spec.user", "spec.tokenHash"],
  columns: [
    { name: "User", type: "string", jsonPath: ".spec.user" },
    { name: "From", type: "string", jsonPath: ".spec.from" },
    { name: "Expires", type: "string", jsonPath: ".spec.expires" },
    { name: "Browser", type: "string", jsonPath: ".spec.userAgent", priority: 1 },
  ],
});

export const accessTokenKind = defineKind({
  ...system,
  kind: "AccessToken",
  tier: "public",
  description:
    "A token for a program that acts as a user. The text comes once, from POST …/accesstokens/NAME/token; deleting it revokes it.",
  spec: Type.Object({
    user: Type.String({ description: "Whom it lets in.", minLength: 1 }),
    groups,
    expires: Type.Optional(time("When it ends; absent, never.")),
    purpose: Type.Optional(text("What it is for.")),
  }),
  status: Type.Object({
    tokenHash: Type.Optional(hash),
    issued: Type.Optional(time("When its text was last made.")),
  }),
  columns: [
    { name: "User", type: "string", jsonPath: ".spec.user" },
    { name: "Expires", type: "string", jsonPath: ".spec.expires" },
    { name: "Issued", type: "date", jsonPath: ".status.issued" },
    { name: "Purpose", type: "string", jsonPath: ".spec.purpose", priority: 1 },
  ],
});

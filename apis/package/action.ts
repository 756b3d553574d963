import { Type } from "typebox";

import { anything, flag, label, text, word } from "../meta/fields.ts";
import { defineKind } from "../meta/kind.ts";
import { packageGroup } from "./group.ts";

export const actionKind = defineKind({
  ...packageGroup,
  kind: "Action",
  scope: "Namespaced",
  tier: "derived",
  description: "Something a package can be asked to do.",
  spec: Type.Object({
    package: label("The Package it belongs to."),
    id: text("Its id within the package."),
    name: text("Title."),
    description: Type.Optional(text("What it does.")),
    warning: Type.Optional(
      Type.Union([Type.String(), Type.Null()], { description: "Shown before it runs." }),
    ),
    group: Type.Optional(
      Type.Union([Type.String(), Type.Null()], { description: "Heading it stands under." }),
    ),
    visibility: anything('"enabled", "hidden" or { disabled: reason }.'),
    allowedStatuses: word("When it may run.", ["only-running", "only-stopped", "any"]),
    hasInput: flag("Whether it takes input."),
    access: Type.Optional(word("Which packages may run it.", ["public", "dependent", "user"])),
  }),
  status: Type.Object({}),
  columns: [
    { name: "Package", type: "string", jsonPath: ".spec.package" },
    { name: "Title", type: "string", jsonPath: ".spec.name" },
    { name: "When", type: "string", jsonPath: ".spec.allowedStatuses" },
  ],
});

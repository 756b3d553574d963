import { Type } from "typebox";

import { label, text, whole } from "../meta/fields.ts";
import { defineKind } from "../meta/kind.ts";
import { packageGroup } from "./group.ts";

const check = Type.Object({
  name: text("What is checked."),
  result: text("What was found."),
  message: Type.Optional(Type.Union([Type.String(), Type.Null()], { description: "Details." })),
});

const dependency = Type.Object({
  id: text("Package id that is needed."),
  kind: text("running or exists."),
  versionRange: text("Versions that will do."),
  healthChecks: Type.Optional(Type.Array(Type.String(), { description: "Checks that must pass." })),
});

export const serviceReportKind = defineKind({
  ...packageGroup,
  kind: "ServiceReport",
  scope: "Namespaced",
  tier: "derived",
  description: "What a package says about itself while it runs. Named as the Package.",
  spec: Type.Object({
    package: label("The Package that speaks."),
    start: whole("Which start of the container this was said in."),
    health: Type.Optional(Type.Record(Type.String(), check, { description: "Per check." })),
    dependencies: Type.Optional(Type.Array(dependency, { description: "What it needs of other packages." })),
  }),
  status: Type.Object({}),
});

import { Type } from "typebox";

import { text } from "../meta/fields.ts";
import { defineBareKind } from "../meta/kind.ts";

const named = Type.Object({ name: Type.Optional(text("Its name.")) });

export const serviceAccountKind = defineBareKind({
  group: "",
  version: "v1",
  tier: "builtin",
  kind: "ServiceAccount",
  scope: "Namespaced",
  shortNames: ["sa"],
  description: "A name for a program that uses the API.",
  properties: {
    secrets: Type.Array(Type.Unsafe<{ name?: string }>({ ...named, additionalProperties: true }), {
      description: "Secrets it may use; kept as given.",
    }),
    imagePullSecrets: Type.Array(named, { description: "Kept as given." }),
    automountServiceAccountToken: Type.Boolean({ description: "Kept as given." }),
  },
});

import { Type } from "typebox";

import { commonStatus, flag, label, port, text, word } from "../meta/fields.ts";
import { defineKind } from "../meta/kind.ts";
import { packageGroup } from "./group.ts";

const optionalText = (description: string) =>
  Type.Optional(Type.Union([Type.String(), Type.Null()], { description }));

export const serviceInterfaceKind = defineKind({
  ...packageGroup,
  kind: "ServiceInterface",
  scope: "Namespaced",
  tier: "derived",
  shortNames: ["si"],
  description: "A way into a package: a web page, an API or a peer-to-peer port.",
  spec: Type.Object({
    package: label("The Package it belongs to."),
    id: text("Its id within the package."),
    name: text("Title."),
    description: Type.Optional(text("What it is for.")),
    type: word("What it is.", ["ui", "api", "p2p"]),
    masked: flag("Whether its address is a secret.", false),
    hostId: text("The host it is bound through."),
    internalPort: port("The port inside the container."),
    scheme: optionalText("URL scheme without TLS."),
    sslScheme: optionalText("URL scheme with TLS."),
    username: optionalText("User name in the URL."),
    suffix: Type.Optional(text("Path and query after the port.")),
  }),
  status: Type.Object({
    ...commonStatus,
    urls: Type.Optional(Type.Array(Type.String(), { description: "Where it answers." })),
  }),
  columns: [
    { name: "Package", type: "string", jsonPath: ".spec.package" },
    { name: "Type", type: "string", jsonPath: ".spec.type" },
    { name: "URL", type: "string", jsonPath: ".status.urls[0]" },
  ],
  reasons: {
    Ready: { text: "It answers at status.urls.", next: "Nothing to do." },
    NoPort: { text: "It has no port outside yet.", next: "See the Binding of its host." },
  },
});

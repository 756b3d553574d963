import { Type } from "typebox";

import { anything, condition, flag, text, word } from "../meta/fields.ts";
import { defineKind } from "../meta/kind.ts";

/** Lists that are replaced as a whole. */
const atomic = { "x-kubernetes-list-type": "atomic" } as const;

const texts = (description: string) => Type.Array(Type.String(), { description, ...atomic });

/** `spec.names`, and in `status.acceptedNames` what of it nobody else has. */
const names = {
  plural: text("The name in paths, as `/apis/<group>/<version>/<plural>`."),
  singular: Type.Optional(text("For command lines; by default the kind in lower case.")),
  shortNames: Type.Optional(texts("Shorter names for command lines.")),
  kind: text("The kind as manifests say it, in CamelCase."),
  listKind: Type.Optional(text("The kind of lists; by default the kind with List after it.")),
  categories: Type.Optional(texts("Groups of kinds it is listed with, such as all.")),
};

const column = Type.Object({
  name: text("Heading of the column."),
  type: word("How values are shown.", ["integer", "number", "string", "boolean", "date"]),
  jsonPath: text("Where the value is, such as `.spec.size`."),
  format: Type.Optional(text("The format of the type.")),
  description: Type.Optional(text("What the column shows.")),
  priority: Type.Optional(Type.Integer({ description: "0 is always shown, larger only with -o wide." })),
});

const version = Type.Object({
  name: text("The version, such as v1 or v1beta1."),
  served: Type.Boolean({ description: "Whether it can be asked for." }),
  storage: Type.Boolean({ description: "Whether objects are kept in it; so of exactly one version." }),
  deprecated: Type.Optional(flag("Whether requests for it are answered with a warning.")),
  deprecationWarning: Type.Optional(text("The warning, when it is deprecated.")),
  schema: Type.Optional(
    Type.Object(
      { openAPIV3Schema: Type.Optional(anything("A structural OpenAPI v3 schema.")) },
      { description: "How objects look." },
    ),
  ),
  subresources: Type.Optional(
    Type.Object(
      {
        status: Type.Optional(
          Type.Object({}, { description: "Its status is written through /status alone." }),
        ),
        scale: Type.Optional(
          Type.Object(
            {
              specReplicasPath: text("Where the wished number is, below .spec."),
              statusReplicasPath: text("Where the number there is is, below .status."),
              labelSelectorPath: Type.Optional(text("Where the selector is, below .spec or .status.")),
            },
            { description: "The object can be scaled." },
          ),
        ),
      },
      { description: "Parts of objects with paths of their own." },
    ),
  ),
  additionalPrinterColumns: Type.Optional(
    Type.Array(column, { description: "What tables show beside the name.", ...atomic }),
  ),
  selectableFields: Type.Optional(
    Type.Array(Type.Object({ jsonPath: text("Where the field is, such as `.spec.color`.") }), {
      description: "What field selectors may ask for.",
      ...atomic,
    }),
  ),
});

const conversion = Type.Object(
  {
    strategy: word("None changes apiVersion alone; Webhook asks a server.", ["None", "Webhook"]),
    webhook: Type.Optional(
      Type.Object({
        conversionReviewVersions: texts("Versions of ConversionReview the server understands."),
        clientConfig: Type.Optional(
          Type.Object({
            url: Type.Optional(text("Where it is: https with host, port and path.")),
            caBundle: Type.Optional(text("Authorities its certificate may be from, PEM in base64.")),
            service: Type.Optional(anything("A Service of a cluster; there are none here, so give url.")),
          }),
        ),
      }),
    ),
  },
  { description: "How objects get from one version to another." },
);

export const customResourceDefinitionKind = defineKind({
  group: "apiextensions.k8s.io",
  version: "v1",
  tier: "builtin",
  kind: "CustomResourceDefinition",
  scope: "Cluster",
  shortNames: ["crd", "crds"],
  categories: ["api-extensions"],
  columns: [{ name: "Created At", type: "string", jsonPath: ".metadata.creationTimestamp" }],
  description: "A kind that is added while the server runs; it is named <plural>.<group>.",
  spec: Type.Object(
    {
      group: text("The API group, as in `/apis/<group>`."),
      names: Type.Object(names, { description: "How the kind is called." }),
      scope: word("Whether objects are in namespaces.", ["Cluster", "Namespaced"]),
      versions: Type.Array(version, { description: "The versions the kind has.", ...atomic }),
      conversion: Type.Optional(conversion),
      preserveUnknownFields: Type.Optional(flag("Must be false: unknown fields are dropped.")),
    },
    { description: "What the kind is like." },
  ),
  status: Type.Object({
    conditions: Type.Optional(
      Type.Array(
        Type.Object({
          ...condition.properties,
          reason: Type.Optional(condition.properties.reason),
          message: Type.Optional(condition.properties.message),
          lastTransitionTime: Type.Optional(condition.properties.lastTransitionTime),
        }),
        {
          description: "NamesAccepted, Established, NonStructuralSchema and Terminating.",
          "x-kubernetes-list-type": "map",
          "x-kubernetes-list-map-keys": ["type"],
        },
      ),
    ),
    acceptedNames: Type.Optional(Type.Object(names, { description: "The names it is served under." })),
    storedVersions: Type.Optional(texts("Every version objects may still be kept in.")),
  }),
});

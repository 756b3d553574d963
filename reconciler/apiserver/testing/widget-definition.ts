/** A definition with a bit of everything. */
export function widgetDefinition(more: { readonly schema?: object; readonly version?: object } = {}): object {
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "widgets.demo.example.com" },
    spec: {
      group: "demo.example.com",
      scope: "Namespaced",
      names: { plural: "widgets", kind: "Widget", shortNames: ["wd"], categories: ["all"] },
      versions: [
        {
          name: "v1",
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: "object", properties: widgetProperties, ...more.schema } },
          subresources: {
            status: {},
            scale: {
              specReplicasPath: ".spec.size",
              statusReplicasPath: ".status.size",
              labelSelectorPath: ".status.selector",
            },
          },
          additionalPrinterColumns: [
            { name: "Size", type: "integer", jsonPath: ".spec.size" },
            { name: "Phase", type: "string", jsonPath: ".status.phase", priority: 1 },
            { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" },
          ],
          selectableFields: [{ jsonPath: ".spec.color" }],
          ...more.version,
        },
      ],
    },
  };
}

const widgetProperties = {
  spec: {
    type: "object",
    description: "What the widget is to be.",
    required: ["size"],
    properties: {
      size: { type: "integer", minimum: 0, maximum: 100, description: "How large." },
      color: { type: "string", enum: ["red", "green", "blue"], default: "red" },
      name: { type: "string", pattern: "^[a-z]+$", maxLength: 8 },
      note: { type: "string", nullable: true },
      address: { "x-kubernetes-int-or-string": true },
      free: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
      template: {
        type: "object",
        "x-kubernetes-embedded-resource": true,
        "x-kubernetes-preserve-unknown-fields": true,
      },
      labels: { type: "object", additionalProperties: { type: "string" } },
      tags: { type: "array", "x-kubernetes-list-type": "set", items: { type: "string" } },
      ports: {
        type: "array",
        "x-kubernetes-list-type": "map",
        "x-kubernetes-list-map-keys": ["port", "protocol"],
        items: {
          type: "object",
          required: ["port"],
          properties: {
            port: { type: "integer" },
            protocol: { type: "string", default: "TCP" },
            name: { type: "string" },
          },
        },
      },
    },
  },
  status: {
    type: "object",
    properties: { size: { type: "integer" }, phase: { type: "string" }, selector: { type: "string" } },
  },
};
